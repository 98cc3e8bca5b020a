namespace KernelFoundry.Inference.Models;

/// <summary>
/// The keys and values of one sequence, of all layers, [kvHeads, position, headDim] a layer: what a head attends to lies together. Made by
/// <see cref="Transformer.CreateCache"/>; for one thread at a time.
/// </summary>
public abstract class KvCache : IDisposable
{
    private protected KvCache(Device device, int capacity)
    {
        Capacity = capacity;
        var positions = new int[capacity];
        for (int i = 0; i < positions.Length; i++)
            positions[i] = i;
        Positions = device.Upload<int>(positions);
    }

    /// <summary>Most positions it holds.</summary>
    public int Capacity { get; }

    /// <summary>Positions it holds: the next token's position.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of all keys and values it has room for.</summary>
    public abstract long ByteLength { get; }

    /// <summary>0, 1, 2, ..., [capacity].</summary>
    internal View1<int> Positions { get; }

    /// <summary>Forgets every position from <paramref name="position"/> on. The next token takes that position.</summary>
    /// <param name="position">Number of positions to keep, at most <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer positions.</exception>
    public void Rollback(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Length);
        Length = position;
    }

    /// <summary>A second cache with the same positions and capacity: a copy, which costs as much memory again.</summary>
    /// <returns>The copy; the caller disposes of it.</returns>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public abstract KvCache Fork();

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        Positions.Memory!.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Counts positions whose keys and values are in place.</summary>
    internal void Advance(int tokens) => Length += tokens;

    /// <summary>Turns keys to their positions and stores them from position <see cref="Length"/> on.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys">Keys, [tokens, kvHeads, headDim]; may be turned in place.</param>
    /// <param name="rotary">How to turn them.</param>
    internal abstract void StoreKeys(int layer, View3<float> keys, RotaryEncoding rotary);

    /// <summary>Stores values from position <see cref="Length"/> on.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="values">Values, [tokens, kvHeads, headDim].</param>
    internal abstract void StoreValues(int layer, View3<float> values);

    /// <summary>Attention of the tokens at position <see cref="Length"/> and after, whose keys and values have been stored.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="activations">Queries, turned, and the outputs.</param>
    internal abstract void Attend(int layer, ActivationViews activations);

    private protected abstract void Free();
}

using System.Numerics;
using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>Room for <see cref="AttentionSplits"/>, which grows with the sequences: how many splits there are depends on the number of keys alone.</summary>
internal sealed class SplitRoom(Device device, int heads, int headDim) : IDisposable
{
    // 64 MiB: more sequences are decoded one after the other.
    private const long MostFloats = 1 << 24;
    private View1<float> _floats;
    private int _splits = 1;

    /// <summary>Query heads.</summary>
    public int Heads => heads;

    /// <summary>Sequences that are decoded at once.</summary>
    public int Sequences { get; private set; } = 1;

    /// <summary>Makes room.</summary>
    /// <param name="sequences">Sequences.</param>
    /// <param name="position">The greatest position.</param>
    public void Reserve(int sequences, int position)
    {
        _splits = (position / Attention.KeysPerSplit) + 1;
        long each = (long)heads * (headDim + 2), splits = BitOperations.RoundUpToPowerOf2((uint)_splits);
        Sequences = (int)Math.Clamp(MostFloats / (each * splits), 1, sequences);
        long floats = each * splits * Sequences;
        if (_floats.Memory is not null && _floats.Extent0 >= floats)
            return;
        device.Synchronize();
        _floats.Memory?.Dispose();
        _floats = device.Allocate<float>(checked((int)floats));
    }

    /// <summary>The room of some sequences.</summary>
    public AttentionSplits For(int sequences)
    {
        DeviceMemory memory = _floats.Memory!;
        long states = (long)sequences * _splits * heads, sums = states * headDim;
        return new AttentionSplits(
            new View3<float>(memory, sizeof(float) * sums, sequences, _splits, heads),
            new View3<float>(memory, sizeof(float) * (sums + states), sequences, _splits, heads),
            new View4<float>(memory, 0, sequences, _splits, heads, headDim));
    }

    public void Dispose() => _floats.Memory?.Dispose();
}

namespace KernelFoundry;

/// <content>Counter-based random numbers: the same seed, stream and counter give the same number on every device.</content>
public static partial class Ops
{
    /// <summary>32 random bits: the first word of Philox4x32-10 with key (seed, 0) and counter (counter, stream, 0, 0).</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">An independent stream of the seed.</param>
    /// <param name="counter">Which number of the stream.</param>
    /// <returns>The bits.</returns>
    public static uint Philox(uint seed, uint stream, uint counter) => Philox4x32.Block(counter, stream, 0, 0, seed, 0).X0;

    /// <summary>32 random bits per counter: see <see cref="Philox(uint, uint, uint)"/>.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">An independent stream of the seed.</param>
    /// <param name="counter">Which numbers of the stream.</param>
    /// <returns>A tile of the shape of <paramref name="counter"/>.</returns>
    public static Tile<uint> Philox(uint seed, uint stream, Tile<uint> counter)
    {
        var result = new uint[counter.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = Philox(seed, stream, counter.Data[i]);
        return new Tile<uint>(result, counter.Rank, counter.Extent0, counter.Extent1);
    }

    /// <summary>A uniform random float: the upper 24 bits of <see cref="Philox(uint, uint, uint)"/> times 2^-24.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">An independent stream of the seed.</param>
    /// <param name="counter">Which number of the stream.</param>
    /// <returns>A float in [0, 1).</returns>
    public static float Uniform(uint seed, uint stream, uint counter) => (Philox(seed, stream, counter) >> 8) * (1f / (1 << 24));

    /// <summary>Uniform random floats: see <see cref="Uniform(uint, uint, uint)"/>.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">An independent stream of the seed.</param>
    /// <param name="counter">Which numbers of the stream.</param>
    /// <returns>A tile of the shape of <paramref name="counter"/>, of floats in [0, 1).</returns>
    public static Tile<float> Uniform(uint seed, uint stream, Tile<uint> counter) => (Philox(seed, stream, counter) >> 8).ToFloat() * (1f / (1 << 24));
}

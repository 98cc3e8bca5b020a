namespace KernelFoundry.Kernels;

/// <summary>Half the rotated dimensions apart, i and i + pairs, as GPT-NeoX and Hugging Face models have it.</summary>
public readonly struct HalfSplitPairs : IRotaryPairs<HalfSplitPairs>, IRotaryPairsReference
{
    /// <inheritdoc/>
    public static Tile<int> First(HalfSplitPairs self, Tile<int> pair, int pairs) => pair;

    /// <inheritdoc/>
    public static Tile<int> Second(HalfSplitPairs self, Tile<int> pair, int pairs) => pair + pairs;

    /// <inheritdoc/>
    public (int First, int Second) Reference(int pair, int pairs) => (pair, pair + pairs);
}

namespace KernelFoundry.Kernels;

/// <summary>Neighbours, 2i and 2i + 1, as in the paper, Llama's own code and GGUF files of Llama.</summary>
public readonly struct AdjacentPairs : IRotaryPairs<AdjacentPairs>, IRotaryPairsReference
{
    /// <inheritdoc/>
    public static Tile<int> First(AdjacentPairs self, Tile<int> pair, int pairs) => 2 * pair;

    /// <inheritdoc/>
    public static Tile<int> Second(AdjacentPairs self, Tile<int> pair, int pairs) => (2 * pair) + 1;

    /// <inheritdoc/>
    public (int First, int Second) Reference(int pair, int pairs) => (2 * pair, (2 * pair) + 1);
}

using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>A query attends to keys up to its own position (Vaswani et al., 2017, section 3.2.3).</summary>
public readonly struct CausalScore : IScoreFunctor<CausalScore>, IScoreReference
{
    /// <inheritdoc/>
    public static Tile<float> Apply(CausalScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head) =>
        Where(key <= query, score, float.NegativeInfinity);

    /// <inheritdoc/>
    public static int EndKey(CausalScore self, int lastQuery, int keys) => Min(lastQuery + 1, keys);

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head) => key <= query ? score : double.NegativeInfinity;

    /// <inheritdoc/>
    public (int First, int End) ReferenceKeys(int query, int keys) => (0, Math.Min(query + 1, keys));
}

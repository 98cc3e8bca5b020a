using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>Causal, with scores bent into (-cap, cap): cap tanh(score / cap) (Gemma 2, 2024, section 2).</summary>
/// <param name="cap">The bound; positive.</param>
public readonly struct SoftCapScore(float cap) : IScoreFunctor<SoftCapScore>, IScoreReference
{
    /// <summary>The bound.</summary>
    public float Cap { get; } = cap;

    /// <inheritdoc/>
    public static Tile<float> Apply(SoftCapScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head) =>
        Where(key <= query, self.Cap * Tanh(score / self.Cap), float.NegativeInfinity);

    /// <inheritdoc/>
    public static int EndKey(SoftCapScore self, int lastQuery, int keys) => Min(lastQuery + 1, keys);

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head) =>
        key <= query ? Cap * Math.Tanh(score / Cap) : double.NegativeInfinity;

    /// <inheritdoc/>
    public (int First, int End) ReferenceKeys(int query, int keys) => (0, Math.Min(query + 1, keys));
}

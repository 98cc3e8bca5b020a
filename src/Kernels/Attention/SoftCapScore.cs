using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Causal, within a window if there is one, with scores bent into (-cap, cap): cap tanh(score / cap) (Gemma 2, 2024, section 2).
/// </summary>
/// <param name="cap">The bound; positive.</param>
/// <param name="window">Number of keys a query attends to, itself included; positive.</param>
public readonly struct SoftCapScore(float cap, int window = int.MaxValue) : IScoreFunctor<SoftCapScore>, IScoreReference
{
    /// <summary>The bound.</summary>
    public float Cap { get; } = cap;

    /// <summary>Number of keys a query attends to, itself included.</summary>
    public int Window { get; } = window;

    /// <inheritdoc/>
    public static Tile<float> Apply(SoftCapScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head) =>
        Where((key <= query) & (key > query - self.Window), self.Cap * Tanh(score / self.Cap), float.NegativeInfinity);

    /// <inheritdoc/>
    public static int FirstKey(SoftCapScore self, int firstQuery) => Max(firstQuery - self.Window + 1, 0);

    /// <inheritdoc/>
    public static int EndKey(SoftCapScore self, int lastQuery, int keys) => Min(lastQuery + 1, keys);

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head) =>
        key <= query && query - key < Window ? Cap * Math.Tanh(score / Cap) : double.NegativeInfinity;

    /// <inheritdoc/>
    public (int First, int End) ReferenceKeys(int query, int keys) => (Math.Max(query - Window + 1, 0), Math.Min(query + 1, keys));
}

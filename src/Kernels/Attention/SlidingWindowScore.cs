using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// A query attends to itself and the keys before it within a window (Beltagy et al., "Longformer", 2020; Mistral 7B, 2023).
/// </summary>
/// <param name="window">Number of keys a query attends to, itself included; positive.</param>
public readonly struct SlidingWindowScore(int window) : IScoreFunctor<SlidingWindowScore>, IScoreReference
{
    /// <summary>Number of keys a query attends to, itself included.</summary>
    public int Window { get; } = window;

    /// <inheritdoc/>
    public static Tile<float> Apply(SlidingWindowScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head) =>
        Where((key <= query) & (key > query - self.Window), score, float.NegativeInfinity);

    /// <inheritdoc/>
    public static int FirstKey(SlidingWindowScore self, int firstQuery) => Max(firstQuery - self.Window + 1, 0);

    /// <inheritdoc/>
    public static int EndKey(SlidingWindowScore self, int lastQuery, int keys) => Min(lastQuery + 1, keys);

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head) =>
        key <= query && query - key < Window ? score : double.NegativeInfinity;

    /// <inheritdoc/>
    public (int First, int End) ReferenceKeys(int query, int keys) => (Math.Max(query - Window + 1, 0), Math.Min(query + 1, keys));
}

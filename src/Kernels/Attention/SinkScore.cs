using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Causal, within a window if there is one, with a learned sink a head: one more term exp(sink) in the denominator of softmax, which takes weight
/// away from all keys (OpenAI, "gpt-oss", 2025, section 2.2; after Xiao et al., "Attention Sinks", 2023).
/// </summary>
/// <param name="sinks">Score of the sink, [heads].</param>
/// <param name="window">Number of keys a query attends to, itself included; positive.</param>
public readonly struct SinkScore(View1<float> sinks, int window = int.MaxValue) : IScoreFunctor<SinkScore>, IScoreReference
{
    /// <summary>Score of the sink, [heads].</summary>
    public View1<float> Sinks { get; } = sinks;

    /// <summary>Number of keys a query attends to, itself included.</summary>
    public int Window { get; } = window;

    /// <inheritdoc/>
    public static Tile<float> Apply(SinkScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head) =>
        Where((key <= query) & (key > query - self.Window), score, float.NegativeInfinity);

    /// <inheritdoc/>
    public static Tile<float> Sink(SinkScore self, Tile<int> head) => self.Sinks.Load(head);

    /// <inheritdoc/>
    public static int FirstKey(SinkScore self, int firstQuery) => Max(firstQuery - self.Window + 1, 0);

    /// <inheritdoc/>
    public static int EndKey(SinkScore self, int lastQuery, int keys) => Min(lastQuery + 1, keys);

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head) =>
        key <= query && query - key < Window ? score : double.NegativeInfinity;

    /// <inheritdoc/>
    public double ReferenceSink(int head) => Sinks.Load(head);

    /// <inheritdoc/>
    public (int First, int End) ReferenceKeys(int query, int keys) => (Math.Max(query - Window + 1, 0), Math.Min(query + 1, keys));
}

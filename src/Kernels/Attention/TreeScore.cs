using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// A tree of tokens after a sequence (Miao et al., "SpecInfer", 2023, section 4.1): a node attends to what stands before the tree, to the nodes
/// between the root and it, and to itself. Nodes stand in depth-first order, so that those below a node are the ones up to its last: one number a
/// key says what a matrix of bits would. Scores may be bent as <see cref="SoftCapScore"/> bends them, and heads may have sinks as those of
/// <see cref="SinkScore"/>.
/// </summary>
/// <param name="lasts">The last node below each node, itself where there is none, [nodes].</param>
/// <param name="depths">Steps from the root, [nodes]: a node's position in its sequence is start + depth.</param>
/// <param name="sinks">Score of the sink, [heads]; -inf for none.</param>
/// <param name="start">Keys before the tree; the first node is that key.</param>
/// <param name="nodes">Nodes of the tree; positive.</param>
/// <param name="window">Number of positions a query attends to, itself included; <see cref="int.MaxValue"/> for all.</param>
/// <param name="cap">The bound of scores; 0 for none.</param>
public readonly struct TreeScore(View1<int> lasts, View1<int> depths, View1<float> sinks, int start, int nodes, int window = int.MaxValue, float cap = 0)
    : IScoreFunctor<TreeScore>, IScoreReference
{
    /// <summary>The last node below each node, [nodes].</summary>
    public View1<int> Lasts { get; } = lasts;

    /// <summary>Steps from the root, [nodes].</summary>
    public View1<int> Depths { get; } = depths;

    /// <summary>Score of the sink, [heads].</summary>
    public View1<float> Sinks { get; } = sinks;

    /// <summary>Keys before the tree.</summary>
    public int Start { get; } = start;

    /// <summary>Nodes of the tree.</summary>
    public int Nodes { get; } = nodes;

    /// <summary>Number of positions a query attends to, itself included.</summary>
    public int Window { get; } = window;

    /// <summary>The bound of scores; 0 for none.</summary>
    public float Cap { get; } = cap;

    /// <inheritdoc/>
    public static Tile<float> Apply(TreeScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head)
    {
        var from = Min(Max(query - self.Start, 0), self.Nodes - 1);
        var to = Min(Max(key - self.Start, 0), self.Nodes - 1);
        var position = Where(key < self.Start, key, self.Depths.LoadInt(to) + self.Start);
        var isAbove = (key < self.Start) | (self.Lasts.LoadInt(to) >= from);
        var isNear = position > (self.Depths.LoadInt(from) + self.Start) - self.Window;
        var cap = Full(self.Cap, score);
        return Where((key <= query) & isAbove & isNear, Where(cap > 0f, cap * Tanh(score / cap), score), float.NegativeInfinity);
    }

    /// <inheritdoc/>
    public static Tile<float> Sink(TreeScore self, Tile<int> head) => self.Sinks.Load(head);

    /// <inheritdoc/>
    public static int FirstKey(TreeScore self, int firstQuery) => Max(self.Start - self.Window + 1, 0);

    /// <inheritdoc/>
    public static int EndKey(TreeScore self, int lastQuery, int keys) => Min(lastQuery + 1, keys);

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head)
    {
        int from = Math.Clamp(query - Start, 0, Nodes - 1), to = Math.Clamp(key - Start, 0, Nodes - 1);
        long position = key < Start ? key : Start + Depths.LoadInt(to);
        bool isSeen = key <= query && (key < Start || Lasts.LoadInt(to) >= from) && Start + Depths.LoadInt(from) - position < Window;
        if (!isSeen)
            return double.NegativeInfinity;
        return Cap > 0 ? Cap * Math.Tanh(score / Cap) : score;
    }

    /// <inheritdoc/>
    public double ReferenceSink(int head) => Sinks.Load(head);

    /// <inheritdoc/>
    public (int First, int End) ReferenceKeys(int query, int keys) => (Math.Max(Start - Window + 1, 0), Math.Min(query + 1, keys));
}

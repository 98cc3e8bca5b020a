namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Continuations that a drafter proposes, as a tree: the root is the sequence's last token, which the model has not seen yet, and each path from it
/// a continuation. Nodes are numbered, parents before children.
/// </summary>
public sealed class TokenTree
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _parents = [];
    private readonly List<int> _depths = [];
    private readonly List<List<int>> _drawn = [];
    private readonly List<TokenDistribution?> _distributions = [];

    /// <summary>A tree of a root alone.</summary>
    /// <param name="root">The sequence's last token.</param>
    /// <param name="mostNodes">Nodes there is room for, the root included.</param>
    /// <param name="mostDepth">Steps from the root there is room for.</param>
    public TokenTree(int root, int mostNodes = int.MaxValue, int mostDepth = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostNodes);
        ArgumentOutOfRangeException.ThrowIfNegative(mostDepth);
        (MostNodes, MostDepth) = (mostNodes, mostDepth);
        Append(root, -1, 0);
    }

    /// <summary>Nodes there is room for, the root included.</summary>
    public int MostNodes { get; }

    /// <summary>Steps from the root there is room for.</summary>
    public int MostDepth { get; }

    /// <summary>Nodes it has, the root included.</summary>
    public int Count => _tokens.Count;

    /// <summary>The token of a node.</summary>
    public int Token(int node) => _tokens[node];

    /// <summary>The parent of a node; -1 for the root.</summary>
    public int Parent(int node) => _parents[node];

    /// <summary>Steps from the root to a node.</summary>
    public int Depth(int node) => _depths[node];

    /// <summary>The children drawn for a node, in the order they were drawn; one that was drawn twice is there twice.</summary>
    public IReadOnlyList<int> Drawn(int node) => _drawn[node];

    /// <summary>What a node's children were drawn from; null where nothing was drawn, but they were proposed for certain.</summary>
    public TokenDistribution? Distribution(int node) => _distributions[node];

    /// <summary>Says what a node's children are drawn from. A child is left out of it once it is drawn, if <see cref="DraftKind.Distinct"/>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="distribution">The distribution.</param>
    public void SetDistribution(int node, TokenDistribution distribution) => _distributions[node] = distribution;

    /// <summary>Proposes a token to come after a node.</summary>
    /// <param name="parent">The node.</param>
    /// <param name="token">The token.</param>
    /// <returns>The child of this token: a new one, or the one it has; -1 if there is no room for it.</returns>
    public int Add(int parent, int token)
    {
        int child = FindChild(parent, token);
        if (child < 0)
        {
            if (Count >= MostNodes || _depths[parent] >= MostDepth)
                return -1;
            child = Append(token, parent, _depths[parent] + 1);
        }

        _drawn[parent].Add(child);
        return child;
    }

    /// <summary>The child of a node that has a token; -1 if there is none.</summary>
    public int FindChild(int node, int token)
    {
        foreach (int child in _drawn[node])
        {
            if (_tokens[child] == token)
                return child;
        }

        return -1;
    }

    /// <summary>Copies all tokens, [Count].</summary>
    public void CopyTokens(Span<int> tokens)
    {
        for (int node = 0; node < Count; node++)
            tokens[node] = _tokens[node];
    }

    /// <summary>
    /// The tree with its nodes in depth-first order, each followed by all that is below it, as a pass through a model wants them. Children keep the
    /// order they were drawn in.
    /// </summary>
    /// <param name="places">Where each node of this tree is in that, [Count].</param>
    /// <returns>This tree, if it is in that order; otherwise another.</returns>
    public TokenTree InDepthFirstOrder(out int[] places)
    {
        places = [.. Enumerable.Range(0, Count)];
        if (IsDepthFirst())
            return this;
        var sorted = new TokenTree(_tokens[0], MostNodes, MostDepth);
        var open = new Stack<int>();
        Push(0);
        while (open.TryPop(out int node))
        {
            places[node] = sorted.Append(_tokens[node], places[_parents[node]], _depths[node]);
            Push(node);
        }

        for (int node = 0; node < Count; node++)
        {
            sorted._distributions[places[node]] = _distributions[node];
            foreach (int child in _drawn[node])
                sorted._drawn[places[node]].Add(places[child]);
        }

        return sorted;

        void Push(int node)
        {
            foreach (int child in _drawn[node].Distinct().Reverse())
                open.Push(child);
        }
    }

    /// <summary>Whether each node is followed by all that is below it.</summary>
    public bool IsDepthFirst()
    {
        // A node's parent is the node before it, or one above that.
        for (int node = 1; node < Count; node++)
        {
            int above = node - 1;
            while (above != _parents[node])
            {
                if (above <= 0)
                    return false;
                above = _parents[above];
            }
        }

        return true;
    }

    /// <summary>The last node below each, itself where there is none, in depth-first order, [Count].</summary>
    internal void CopyLasts(Span<int> lasts)
    {
        for (int node = Count - 1; node >= 0; node--)
            lasts[node] = node;
        for (int node = Count - 1; node > 0; node--)
            lasts[_parents[node]] = Math.Max(lasts[_parents[node]], lasts[node]);
    }

    private int Append(int token, int parent, int depth)
    {
        _tokens.Add(token);
        _parents.Add(parent);
        _depths.Add(depth);
        _drawn.Add([]);
        _distributions.Add(null);
        return Count - 1;
    }
}

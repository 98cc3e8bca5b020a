namespace KernelFoundry.Inference.Models;

/// <summary>Attention's weights by their definition, softmax(score(scale q k^T)), of one sequence and layer: what attention kernels never write down.</summary>
/// <param name="layer">What becomes of scores.</param>
/// <param name="queries">Queries, turned, [tokens, heads, headDim].</param>
/// <param name="keys">Keys, turned, [kvHeads, positions, headDim].</param>
/// <param name="start">Position of the first query.</param>
/// <param name="tree">The tree that the queries are nodes of; null where they follow one another.</param>
internal sealed class AttentionWeights(LayerAttention layer, float[] queries, float[] keys, int start, TreePlan? tree)
{
    private readonly float[] _sinks = layer.Sinks.Memory is null ? [] : layer.Sinks.ToArray();

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadDim { get; init; }

    /// <summary>Positions there are.</summary>
    public int Positions => keys.Length / (KeyValueHeads * HeadDim);

    /// <summary>Position of a query in its sequence.</summary>
    public int Position(int token) => start + (tree?.Depth(token) ?? token);

    /// <summary>A query's weights, [positions].</summary>
    public float[] Of(int token, int head)
    {
        var scores = new double[Positions];
        double largest = _sinks.Length > 0 ? _sinks[head] : double.NegativeInfinity;
        for (int key = 0; key < scores.Length; key++)
        {
            scores[key] = Sees(token, key) ? Score(token, head, key) : double.NegativeInfinity;
            largest = Math.Max(largest, scores[key]);
        }

        double sum = _sinks.Length > 0 ? Math.Exp(_sinks[head] - largest) : 0;
        foreach (double score in scores)
            sum += Math.Exp(score - largest);
        return Array.ConvertAll(scores, score => (float)(Math.Exp(score - largest) / sum));
    }

    private bool Sees(int token, int key)
    {
        if (layer.IsBidirectional)
            return true;
        if (tree is not null)
            return tree.Sees(token, key, layer.Window);
        int query = start + token;
        return key <= query && query - key < layer.Window;
    }

    private double Score(int token, int head, int key)
    {
        int q = ((token * Heads) + head) * HeadDim, k = ((head / (Heads / KeyValueHeads) * Positions) + key) * HeadDim;
        double product = 0;
        for (int i = 0; i < HeadDim; i++)
            product += (double)queries[q + i] * keys[k + i];
        product *= layer.Scale;
        return layer.SoftCap > 0 ? layer.SoftCap * Math.Tanh(product / layer.SoftCap) : product;
    }
}

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>
/// Multi-head latent attention as the paper has it, keys and values of every head written out: DeepSeek-AI, "DeepSeek-V2", 2024, appendix C.
/// </summary>
internal sealed class ReferenceLatent(Definition d, Latent l, DrawnModel model)
{
    /// <inheritdoc cref="ReferenceDecoder.Attended"/>
    public Action<int, int, int, double[]>? Attended { get; init; }

    public double[][] Attention(double[][] input, int layer, string at)
    {
        int dim = l.Plain + l.Turned;
        var queries = new double[input.Length][][];
        var keys = new double[input.Length][][];
        var values = new double[input.Length][][];
        for (int t = 0; t < input.Length; t++)
        {
            double[] low = l.QueryRank > 0 ? Norm(Product(input[t], at + "attn_q_a"), at + "attn_q_a_norm") : input[t];
            double[] query = Product(low, at + (l.QueryRank > 0 ? "attn_q_b" : "attn_q"));
            double[] down = Product(input[t], at + "attn_kv_a_mqa"), shared = Norm(down[..l.Rank], at + "attn_kv_a_norm");
            int position = t;
            queries[t] = [.. Enumerable.Range(0, d.Heads).Select(h => Turned(query[(h * dim)..((h + 1) * dim)], layer, position))];
            keys[t] = [.. Enumerable.Range(0, d.Heads).Select(h => Turned([.. Key(shared, at, h), .. down[l.Rank..]], layer, position))];
            values[t] = [.. Enumerable.Range(0, d.Heads).Select(h => Value(shared, at, h))];
        }

        return [.. input.Select((_, t) => Product([.. Enumerable.Range(0, d.Heads).SelectMany(h => Attend(queries, keys, values, t, h, layer))], at + "attn_output"))];
    }

    private double[] Attend(double[][][] queries, double[][][] keys, double[][][] values, int t, int head, int layer)
    {
        double[] weights = [.. Enumerable.Range(0, t + 1).Select(s => Math.Exp(queries[t][head].Zip(keys[s][head], (a, b) => a * b).Sum() * d.ScoreScale!.Value))];
        Attended?.Invoke(layer, t, head, [.. weights.Select(weight => weight / weights.Sum())]);
        return [.. Enumerable.Range(0, l.Value).Select(i => weights.Select((w, s) => w * values[s][head][i]).Sum() / weights.Sum())];
    }

    // The tensor has what is multiplied to queries: the transpose of what makes keys.
    private double[] Key(double[] shared, string at, int head)
    {
        float[] w = model.Tensors[at + "attn_k_b.weight"].Values;
        return [.. Enumerable.Range(0, l.Plain).Select(i => shared.Select((x, r) => x * w[(((head * l.Rank) + r) * l.Plain) + i]).Sum())];
    }

    private double[] Value(double[] shared, string at, int head)
    {
        float[] w = model.Tensors[at + "attn_v_b.weight"].Values;
        return [.. Enumerable.Range(0, l.Value).Select(i => shared.Select((x, r) => x * w[(((head * l.Value) + i) * l.Rank) + r]).Sum())];
    }

    // The last elements, in pairs of neighbours.
    private double[] Turned(double[] x, int layer, int position)
    {
        for (int pair = 0; pair < l.Turned / 2; pair++)
        {
            int i = l.Plain + (2 * pair);
            double angle = position * d.FrequencyOf(layer, pair), a = x[i], b = x[i + 1];
            (x[i], x[i + 1]) = ((a * Math.Cos(angle)) - (b * Math.Sin(angle)), (a * Math.Sin(angle)) + (b * Math.Cos(angle)));
        }

        return x;
    }

    private double[] Norm(double[] x, string name)
    {
        double root = Math.Sqrt(x.Average(e => e * e) + d.Epsilon);
        return [.. x.Zip(model[name + ".weight"], (e, w) => e / root * w)];
    }

    private double[] Product(double[] x, string name) => model.Product(x, name);
}

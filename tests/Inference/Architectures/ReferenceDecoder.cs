namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>A definition, computed in double precision, position by position, with nothing cached, fused or turned around.</summary>
internal sealed class ReferenceDecoder(Definition d, DrawnModel model)
{
    /// <summary>Told the weights of every position: layer, position, head, and a weight for each position there is.</summary>
    public Action<int, int, int, double[]>? Attended { get; init; }

    /// <summary>Logits after each token, [tokens][vocabulary].</summary>
    public double[][] Logits(int[] tokens)
    {
        double[][] x = [.. tokens.Select((token, position) => Embed(token, position))];
        for (int layer = 0; layer < d.Layers; layer++)
        {
            string at = $"blk.{layer}.";
            double[][] input = [.. x.Select(row => Norm(row, d.NormBeforeAttention, at))];
            double[][] attended = Attention(input, layer, at);
            for (int t = 0; t < x.Length; t++)
            {
                double[] branch = Scaled(Norm(attended[t], d.NormOfAttention, at), d.ResidualScale);
                double[] sum = Norm(Sum(x[t], branch), d.NormAfterAttention, at);
                double[] read = d.Parallel ? x[t] : sum;
                double[] forward = FeedForward(Norm(read, d.NormBeforeFeedForward, at), layer, at);
                x[t] = Norm(Sum(sum, Scaled(Norm(forward, d.NormOfFeedForward, at), d.ResidualScale)), d.NormAfterFeedForward, at);
            }
        }

        return d.Encoder ? x : [.. x.Select(Predict)];
    }

    private double[] Embed(int token, int position)
    {
        double[] row = Scaled(Row("token_embd", token), d.EmbeddingScale);
        row = d.PositionEmbedding ? Sum(row, Row("position_embd", position)) : row;
        return d.Encoder ? Norm(Sum(row, Row("token_types", 0)), "token_embd_norm", "") : row;
    }

    private double[] Predict(double[] x)
    {
        double[] logits = Linear(Norm(x, "output_norm", ""), d.Tied ? "token_embd" : "output");
        return [.. logits.Select(l => Capped(l / d.LogitDivisor, d.LogitCap))];
    }

    private double[][] Attention(double[][] input, int layer, string at)
    {
        int q = d.Heads * d.HeadDim, kv = d.KvHeads * d.HeadDim;
        var queries = new double[input.Length][];
        var keys = new double[input.Length][];
        var values = new double[input.Length][];
        if (d.Latent is { } latent)
            return new ReferenceLatent(d, latent, model) { Attended = Attended }.Attention(input, layer, at);
        for (int t = 0; t < input.Length; t++)
        {
            double[] all = d.JoinedQueryKeyValue
                ? Linear(input[t], at + "attn_qkv")
                : [.. Linear(input[t], at + "attn_q"), .. Linear(input[t], at + "attn_k"), .. Linear(input[t], at + "attn_v")];
            queries[t] = Rotated(HeadsNormed(all[..q], at + "attn_q_norm"), layer, t);
            keys[t] = Rotated(HeadsNormed(all[q..(q + kv)], at + "attn_k_norm"), layer, t);
            values[t] = all[(q + kv)..];
        }

        return [.. queries.Select((query, t) => Linear(Attend(query, keys, values, t, layer), at + "attn_output"))];
    }

    private double[] HeadsNormed(double[] x, string name)
    {
        if (d.WholeNorms)
            return Norm(x, name, "");
        return d.HeadNorms ? [.. x.Chunk(d.HeadDim).SelectMany(head => Norm(head, name, ""))] : x;
    }

    private double[] Rotated(double[] x, int layer, int position)
    {
        double[] y = [.. x];
        for (int head = 0; head < x.Length; head += d.HeadDim)
        {
            for (int pair = 0; pair < d.RotaryDims / 2; pair++)
            {
                int i = head + (d.Halves ? pair : 2 * pair), j = head + (d.Halves ? pair + (d.RotaryDims / 2) : (2 * pair) + 1);
                double angle = position * d.FrequencyOf(layer, pair), magnitude = d.FrequencyOf(layer, 0) == 0 ? 1 : d.Magnitude;
                y[i] = magnitude * ((x[i] * Math.Cos(angle)) - (x[j] * Math.Sin(angle)));
                y[j] = magnitude * ((x[i] * Math.Sin(angle)) + (x[j] * Math.Cos(angle)));
            }
        }

        return y;
    }

    private double[] Attend(double[] query, double[][] keys, double[][] values, int position, int layer)
    {
        var result = new double[query.Length];
        double scale = d.ScoreScale ?? (1 / Math.Sqrt(d.HeadDim));
        for (int head = 0; head < d.Heads; head++)
        {
            int own = head * d.HeadDim, shared = head / (d.Heads / d.KvHeads) * d.HeadDim;
            var weights = new double[keys.Length];
            double total = d.Sinks ? Math.Exp(model[$"blk.{layer}.attn_sinks.weight"][head]) : 0;
            for (int s = 0; s < keys.Length; s++)
            {
                if ((s > position && !d.Encoder) || position - s >= d.Window(layer))
                    continue;
                double score = 0;
                for (int e = 0; e < d.HeadDim; e++)
                    score += query[own + e] * keys[s][shared + e];
                double weight = Math.Exp(Capped(score * scale, d.ScoreCap));
                total += weight;
                weights[s] = weight;
                for (int e = 0; e < d.HeadDim; e++)
                    result[own + e] += weight * values[s][shared + e];
            }

            for (int e = 0; e < d.HeadDim; e++)
                result[own + e] /= total;
            Attended?.Invoke(layer, position, head, [.. weights.Select(weight => weight / total)]);
        }

        return result;
    }

    private double[] FeedForward(double[] x, int layer, string at)
    {
        if (d.Experts is { } mixture && layer >= mixture.Dense)
            return new ReferenceMixture(mixture, model).Compute(x, at);
        double[] up = Linear(x, at + "ffn_up");
        if (!d.Gated)
            return Linear([.. up.Select(d.Activation)], at + "ffn_down");
        double[] gate = d.JoinedGateUp ? up[..d.FeedForward] : Linear(x, at + "ffn_gate");
        double[] value = d.JoinedGateUp ? up[d.FeedForward..] : up;
        return Linear([.. gate.Select((g, i) => d.Activation(g) * value[i])], at + "ffn_down");
    }

    private double[] Norm(double[] x, string? name, string at)
    {
        if (name is null)
            return x;
        double[] weight = model[at + name + ".weight"];
        double mean = d.LayerNorm ? x.Average() : 0;
        double deviation = Math.Sqrt(x.Average(e => (e - mean) * (e - mean)) + d.Epsilon);
        double[] bias = d.LayerNorm ? model[at + name + ".bias"] : new double[x.Length];
        return [.. x.Select((e, i) => ((e - mean) / deviation * weight[i]) + bias[i])];
    }

    private double[] Linear(double[] x, string name) => model.Product(x, name);

    private double[] Row(string name, int index) => model[name + ".weight"][(index * d.Embedding)..((index + 1) * d.Embedding)];

    private static double Capped(double x, double cap) => double.IsPositiveInfinity(cap) ? x : cap * Math.Tanh(x / cap);

    private static double[] Scaled(double[] x, double factor) => [.. x.Select(e => e * factor)];

    private static double[] Sum(double[] x, double[] y) => [.. x.Select((e, i) => e + y[i])];
}

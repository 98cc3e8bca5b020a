using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>
/// The transformer from its papers, in double precision, position by position, with nothing cached or fused: what the library's logits
/// are compared with.
/// </summary>
internal sealed class NaiveTransformer(TinyModel model)
{
    public const float Epsilon = 1e-5f;

    /// <summary>What becomes of turned keys and of values, [kvHeads * headDim], where they are kept.</summary>
    public Func<double[], double[]> Stored { get; init; } = x => x;

    private readonly ModelArchitecture _architecture = model.Architecture;

    /// <summary>What activations are rounded to before they meet a matrix, in groups of as many as a block of weights; 0 for not at all.</summary>
    public int RoundsInGroupsOf { get; init; }

    /// <summary>Logits after each token, [tokens][vocabulary].</summary>
    public double[][] Logits(ReadOnlySpan<int> tokens)
    {
        TensorNames names = _architecture.Tensors;
        double[] table = Weights(names.TokenEmbedding);
        double scale = _architecture.ScalesEmbeddings ? Math.Sqrt(model.Embedding) : 1;
        var x = new double[tokens.Length][];
        for (int t = 0; t < tokens.Length; t++)
            x[t] = [.. table.AsSpan(tokens[t] * model.Embedding, model.Embedding).ToArray().Select(e => e * scale)];

        for (int layer = 0; layer < model.Layers; layer++)
        {
            string Name(string pattern) => TensorNames.OfLayer(pattern, layer);
            double[][] h = [.. x.Select(row => Norm(row, Name(names.AttentionNorm)))];
            double[][] q = [.. h.Select((row, t) => Rotate(MatVec(Name(names.Query), row), t))];
            double[][] k = [.. h.Select((row, t) => Stored(Rotate(MatVec(Name(names.Key), row), t)))];
            double[][] v = [.. h.Select(row => Stored(MatVec(Name(names.Value), row)))];
            for (int t = 0; t < x.Length; t++)
            {
                x[t] = Add(x[t], MatVec(Name(names.AttentionOutput), Attend(q[t], k, v, t)));
                double[] n = Norm(x[t], Name(names.FeedForwardNorm));
                double[] gate = MatVec(Name(names.Gate), n);
                double[] up = MatVec(Name(names.Up), n);
                x[t] = Add(x[t], MatVec(Name(names.Down), [.. gate.Select((g, i) => Activate(g) * up[i])]));
            }
        }

        string output = model.Tied ? names.TokenEmbedding : names.Output;
        return [.. x.Select(row => MatVec(output, Norm(row, names.OutputNorm)))];
    }

    private double[] Weights(string name) => model.Tensors[name + ".weight"].Values;

    private double[] MatVec(string name, double[] x)
    {
        double[] w = Weights(name);
        if (RoundsInGroupsOf > 0)
            x = [.. x.Chunk(RoundsInGroupsOf).SelectMany(Rounded)];
        var y = new double[w.Length / x.Length];
        for (int r = 0; r < y.Length; r++)
        {
            for (int c = 0; c < x.Length; c++)
                y[r] += w[(r * x.Length) + c] * x[c];
        }

        return y;
    }

    private static IEnumerable<double> Rounded(double[] group)
    {
        double step = group.Max(Math.Abs) / 127;
        return group.Select(e => step == 0 ? 0 : Math.Round(e / step) * step);
    }

    private double[] Norm(double[] x, string name)
    {
        double[] weight = Weights(name);
        if (_architecture.Norm == NormKind.RmsNorm)
        {
            double root = Math.Sqrt(x.Average(e => e * e) + Epsilon);
            return [.. x.Select((e, i) => e / root * weight[i])];
        }

        double[] bias = model.Tensors[name + ".bias"].Values;
        double mean = x.Average();
        double deviation = Math.Sqrt(x.Average(e => (e - mean) * (e - mean)) + Epsilon);
        return [.. x.Select((e, i) => ((e - mean) / deviation * weight[i]) + bias[i])];
    }

    private double[] Rotate(double[] x, int position)
    {
        double[] y = [.. x];
        int pairs = model.RotaryDims / 2;
        for (int head = 0; head < x.Length; head += model.HeadDim)
        {
            for (int i = 0; i < pairs; i++)
            {
                double angle = position * (double)model.RotaryScale * Math.Pow(model.RotaryBase, -2.0 * i / model.RotaryDims);
                bool neighbours = _architecture.Rotary == RotaryKind.Interleaved;
                int a = head + (neighbours ? 2 * i : i);
                int b = head + (neighbours ? (2 * i) + 1 : i + pairs);
                (y[a], y[b]) = ((x[a] * Math.Cos(angle)) - (x[b] * Math.Sin(angle)), (x[a] * Math.Sin(angle)) + (x[b] * Math.Cos(angle)));
            }
        }

        return y;
    }

    private double[] Attend(double[] q, double[][] keys, double[][] values, int position)
    {
        int dim = model.HeadDim;
        var y = new double[q.Length];
        int first = model.Window > 0 ? Math.Max(0, position - model.Window + 1) : 0;
        for (int head = 0; head < model.Heads; head++)
        {
            int kv = head / (model.Heads / model.KeyValueHeads) * dim;
            double[] weights = [.. Enumerable.Range(first, position - first + 1)
                .Select(s => Math.Exp(Enumerable.Range(0, dim).Sum(d => q[(head * dim) + d] * keys[s][kv + d]) / Math.Sqrt(dim)))];
            for (int d = 0; d < dim; d++)
                y[(head * dim) + d] = weights.Select((w, i) => w * values[first + i][kv + d]).Sum() / weights.Sum();
        }

        return y;
    }

    private double Activate(double x) => _architecture.FeedForward == FeedForwardKind.SwiGlu
        ? x / (1 + Math.Exp(-x))
        : 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double[] Add(double[] x, double[] y) => [.. x.Select((e, i) => e + y[i])];
}

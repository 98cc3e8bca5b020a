using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Data;
using KernelFoundry.Training.Model;

namespace KernelFoundry.Training.Tests.Model;

/// <summary>
/// The loss of a batch from its definition, in double precision, document by document and position by position: what the gradients are checked with.
/// </summary>
internal sealed class NaiveLoss(ModelConfiguration model, ParameterLayout layout, double[] weights)
{
    /// <summary>The mean loss of the tokens with a label.</summary>
    public double Of(TokenBatch batch)
    {
        double sum = 0;
        for (int start = 0; start < batch.Length; start = batch.Ends[start])
            sum += Piece(batch.Tokens.AsSpan(start..batch.Ends[start]), batch.Labels.AsSpan(start..batch.Ends[start]));
        return sum / batch.Counted;
    }

    private double Piece(ReadOnlySpan<int> tokens, ReadOnlySpan<int> labels)
    {
        TensorNames names = model.Architecture.Tensors;
        var x = new double[tokens.Length][];
        for (int t = 0; t < x.Length; t++)
            x[t] = Row(names.TokenEmbedding, tokens[t]);
        for (int layer = 0; layer < model.Layers; layer++)
        {
            string Name(string pattern) => TensorNames.OfLayer(pattern, layer);
            double[][] h = [.. x.Select(row => Norm(row, Name(names.AttentionNorm)))];
            double[][] q = [.. h.Select((row, t) => Rotate(MatVec(Name(names.Query), row), t))];
            double[][] k = [.. h.Select((row, t) => Rotate(MatVec(Name(names.Key), row), t))];
            double[][] v = [.. h.Select(row => MatVec(Name(names.Value), row))];
            for (int t = 0; t < x.Length; t++)
            {
                x[t] = Add(x[t], MatVec(Name(names.AttentionOutput), Attend(q[t], k, v, t)));
                double[] n = Norm(x[t], Name(names.FeedForwardNorm));
                double[] gate = MatVec(Name(names.Gate), n), up = MatVec(Name(names.Up), n);
                x[t] = Add(x[t], MatVec(Name(names.Down), [.. gate.Select((g, i) => g / (1 + Math.Exp(-g)) * up[i])]));
            }
        }

        string output = layout.Has($"{names.Output}.weight") ? names.Output : names.TokenEmbedding;
        double loss = 0;
        for (int t = 0; t < x.Length; t++)
        {
            if (labels[t] < 0)
                continue;
            double[] logits = MatVec(output, Norm(x[t], names.OutputNorm));
            loss += Math.Log(logits.Sum(Math.Exp)) - logits[labels[t]];
        }

        return loss;
    }

    private double[] Row(string name, int row)
    {
        ParameterTensor tensor = layout[$"{name}.weight"];
        return weights[(tensor.Offset + (row * tensor.Columns))..(tensor.Offset + ((row + 1) * tensor.Columns))];
    }

    private double[] MatVec(string name, double[] x)
    {
        ParameterTensor tensor = layout[$"{name}.weight"];
        var y = new double[tensor.Rows];
        for (int r = 0; r < y.Length; r++)
        {
            for (int c = 0; c < x.Length; c++)
                y[r] += weights[tensor.Offset + (r * tensor.Columns) + c] * x[c];
        }

        return y;
    }

    private double[] Norm(double[] x, string name)
    {
        double[] gain = Row(name, 0);
        double root = Math.Sqrt(x.Average(e => e * e) + model.NormEpsilon);
        return [.. x.Select((e, i) => e / root * gain[i])];
    }

    private double[] Rotate(double[] x, int position)
    {
        double[] y = [.. x];
        for (int head = 0; head < x.Length; head += model.HeadDim)
        {
            for (int i = 0; i < model.HeadDim; i += 2)
            {
                double angle = position * Math.Pow(model.RotaryBase, -(double)i / model.HeadDim);
                (double a, double b) = (x[head + i], x[head + i + 1]);
                (y[head + i], y[head + i + 1]) = ((a * Math.Cos(angle)) - (b * Math.Sin(angle)), (a * Math.Sin(angle)) + (b * Math.Cos(angle)));
            }
        }

        return y;
    }

    private double[] Attend(double[] q, double[][] keys, double[][] values, int position)
    {
        int dim = model.HeadDim;
        var y = new double[q.Length];
        for (int head = 0; head < model.Heads; head++)
        {
            int kv = head / (model.Heads / model.KeyValueHeads) * dim;
            double[] shares = [.. Enumerable.Range(0, position + 1)
                .Select(s => Math.Exp(Enumerable.Range(0, dim).Sum(d => q[(head * dim) + d] * keys[s][kv + d]) / Math.Sqrt(dim)))];
            for (int d = 0; d < dim; d++)
                y[(head * dim) + d] = shares.Select((w, s) => w * values[s][kv + d]).Sum() / shares.Sum();
        }

        return y;
    }

    private static double[] Add(double[] x, double[] y) => [.. x.Select((e, i) => e + y[i])];
}

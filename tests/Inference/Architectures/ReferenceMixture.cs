namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>A mixture of experts of one token, in double precision.</summary>
internal sealed class ReferenceMixture(Mixture m, DrawnModel model)
{
    public double[] Compute(double[] x, string at)
    {
        double[] logits = Product(x, at + "ffn_gate_inp", 0, m.Count);
        double[] affinities = m.Sigmoid
            ? [.. logits.Select(l => 1 / (1 + Math.Exp(-l)))]
            : [.. logits.Select(l => Math.Exp(l) / logits.Sum(Math.Exp))];
        double[] bias = m.SelectionBias ? model[at + "exp_probs_b.bias"] : new double[m.Count];
        int[] chosen = [.. Allowed(affinities, bias).OrderByDescending(e => affinities[e] + bias[e]).Take(m.Used)];
        double sum = m.Normalizes ? chosen.Sum(e => affinities[e]) : 1;
        var y = new double[x.Length];
        foreach (int e in chosen)
            Add(y, Expert(x, at, e), affinities[e] / sum * m.Scale);
        if (m.SharedLength > 0)
            Add(y, Shared(x, at), m.GatesShared ? 1 / (1 + Math.Exp(-x.Zip(model[at + "ffn_gate_inp_shexp.weight"], (a, b) => a * b).Sum())) : 1);
        return y;
    }

    // Of each group the best counts, or the two best where there is a bias: DeepSeek's code of the second and of the third model.
    private IEnumerable<int> Allowed(double[] affinities, double[] bias)
    {
        int size = m.Count / m.Groups;
        return Enumerable.Range(0, m.Groups)
            .OrderByDescending(g => Enumerable.Range(g * size, size).Select(e => affinities[e] + bias[e]).OrderDescending().Take(m.SelectionBias ? 2 : 1).Sum())
            .Take(m.UsedGroups)
            .SelectMany(g => Enumerable.Range(g * size, size));
    }

    private double[] Expert(double[] x, string at, int e)
    {
        double[] gate = Product(x, at + "ffn_gate_exps", e, m.Length), up = Product(x, at + "ffn_up_exps", e, m.Length);
        return Product([.. gate.Zip(up, m.Unit)], at + "ffn_down_exps", e, x.Length);
    }

    private double[] Shared(double[] x, string at)
    {
        double[] gate = Product(x, at + "ffn_gate_shexp", 0, m.SharedLength), up = Product(x, at + "ffn_up_shexp", 0, m.SharedLength);
        return Product([.. gate.Zip(up, (g, u) => Functions.Silu(g) * u)], at + "ffn_down_shexp", 0, x.Length);
    }

    private double[] Product(double[] x, string name, int matrix, int rows) => model.Product(x, name, matrix * rows, rows);

    private static void Add(double[] y, double[] x, double weight)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] += weight * x[i];
    }
}

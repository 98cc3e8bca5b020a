namespace KernelFoundry.Kernels;

/// <content>The definition of <see cref="Sample"/>, by sorting.</content>
public static partial class Sampling
{
    private static void SampleReference(KernelCase c)
    {
        double[] logits = c.Values("logits");
        double temperature = c.Scalar("temperature");
        uint seed = (uint)c.Scalar("seed"), step = (uint)c.Scalar("step");
        int drawn = 0;
        double best = double.NegativeInfinity;
        foreach (int id in KeptReference(logits, temperature, c.Int("topK"), c.Scalar("topP"), c.Scalar("minP")).Order())
        {
            double u = (Ops.Philox(seed, step, (uint)id) + 0.5) / 4294967296;
            double noisy = (logits[id] / temperature) - Math.Log(-Math.Log(1 - u));
            if (noisy > best)
                (best, drawn) = (noisy, id);
        }

        c.Output("token")[0] = drawn;
    }

    private static List<int> KeptReference(double[] logits, double temperature, int topK, double topP, double minP)
    {
        IEnumerable<int> possible = Enumerable.Range(0, logits.Length).Where(i => logits[i] > double.NegativeInfinity);
        List<int> kept = [.. possible.OrderByDescending(i => logits[i])];
        if (kept.Count == 0)
            return kept;
        if (topK > 0 && topK < kept.Count)
            kept.RemoveAll(i => logits[i] < logits[kept[topK - 1]]);

        double largest = logits[kept[0]];
        double Weight(int i) => Math.Exp((logits[i] - largest) / temperature);
        if (topP < 1)
        {
            double total = kept.Sum(Weight), mass = 0;
            int last = -1;
            while (last < 0 || mass < topP * total)
                mass += Weight(kept[++last]);
            double least = logits[kept[last]];
            kept.RemoveAll(i => logits[i] < least);
        }

        kept.RemoveAll(i => Weight(i) < minP);
        return kept;
    }
}

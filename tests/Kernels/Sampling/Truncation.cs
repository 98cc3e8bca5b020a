namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// What top-k, top-p and min-p keep, and with what probability, by sorting: plain definitions to compare the sampler with.
/// </summary>
internal static class Truncation
{
    public static double[] Softmax(float[] logits, double temperature)
    {
        double max = logits.Where(x => !float.IsNaN(x)).Max();
        double[] weights = [.. logits.Select(x => float.IsNaN(x) ? 0 : Math.Exp((x - max) / temperature))];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    public static double[] TopK(double[] p, int k)
    {
        if (k <= 0 || k >= p.Length)
            return p;
        double threshold = p.OrderDescending().ElementAt(k - 1);
        return Renormalize(p, x => x >= threshold);
    }

    public static double[] TopP(double[] p, double share)
    {
        if (share >= 1)
            return p;
        double mass = 0, threshold = 1;
        foreach (double x in p.OrderDescending())
        {
            if (mass >= share)
                break;
            mass += x;
            threshold = x;
        }

        return Renormalize(p, x => x >= threshold);
    }

    public static double[] MinP(double[] p, double share)
    {
        double largest = p.Max();
        return Renormalize(p, x => x >= share * largest);
    }

    private static double[] Renormalize(double[] p, Func<double, bool> keep)
    {
        double[] kept = [.. p.Select(x => keep(x) ? x : 0)];
        double sum = kept.Sum();
        return [.. kept.Select(x => x / sum)];
    }
}

namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// What each truncation keeps, as its source defines it, on a plain list of probabilities by sorting: what the sampler is compared with. Tokens
/// of equal probability stay or go together.
/// </summary>
internal static class PlainTruncation
{
    public static double[] Softmax(IReadOnlyList<float> logits, double temperature = 1)
    {
        double[] finite = [.. logits.Where(float.IsFinite).Select(x => (double)x)];
        double max = finite.Length == 0 ? 0 : finite.Max();
        return Normalize([.. logits.Select(x => float.IsFinite(x) ? Math.Exp((x - max) / temperature) : 0)]);
    }

    /// <summary>Applies one truncation. Amounts are as people give them, not logarithms.</summary>
    public static double[] Apply(double[] p, int method, double amount) => method switch
    {
        Truncation.TopK => AtLeast(p, amount <= 0 || amount >= Left(p).Length ? 0 : Left(p).OrderDescending().ElementAt((int)amount - 1)),
        Truncation.TopP => AtLeast(p, amount >= 1 ? 0 : LeastOfMass(Left(p).OrderDescending(), amount)),
        Truncation.MinP => AtLeast(p, amount * p.Max()),
        Truncation.TopA => AtLeast(p, amount * p.Max() * p.Max()),
        Truncation.TopNSigma => TopNSigma(p, amount),
        Truncation.Epsilon => AtLeast(p, Math.Min(amount, p.Max())),
        Truncation.Eta => AtLeast(p, Math.Min(Math.Min(amount, Math.Sqrt(amount) * Math.Exp(-Entropy(p))), p.Max())),
        Truncation.Typical => Typical(p, amount),
        Truncation.TailFree => TailFree(p, amount),
        Truncation.Xtc => Xtc(p, amount),
        Truncation.Surprise => AtLeast(p, Math.Min(Math.Exp(-amount), p.Max())),
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };

    public static double Entropy(double[] p) => -Left(p).Sum(x => x * Math.Log(x));

    private static double[] TopNSigma(double[] p, double n)
    {
        // Logits are log-probabilities but for a constant, which moves neither their deviation nor what is kept.
        double[] logits = [.. Left(p).Select(x => Math.Log(x))];
        double mean = logits.Average(), deviation = Math.Sqrt(logits.Average(x => (x - mean) * (x - mean)));
        return AtLeast(p, Math.Exp(logits.Max() - (n * deviation)));
    }

    private static double[] Typical(double[] p, double mass)
    {
        if (mass >= 1)
            return p;
        double entropy = Entropy(p), sum = 0, radius = 0;
        foreach (double x in Left(p).OrderBy(x => Math.Abs(-Math.Log(x) - entropy)))
        {
            if (sum >= mass)
                break;
            sum += x;
            radius = Math.Abs(-Math.Log(x) - entropy);
        }

        return Keep(p, x => Math.Abs(-Math.Log(x) - entropy) <= radius * (1 + 1e-12));
    }

    private static double[] TailFree(double[] p, double z)
    {
        double[] sorted = [.. Left(p).OrderDescending()];
        if (sorted.Length < 3 || z >= 1)
            return p;
        double[] first = [.. sorted.Zip(sorted.Skip(1), (a, b) => a - b)];
        double[] second = [.. first.Zip(first.Skip(1), (a, b) => Math.Abs(a - b))];
        double total = second.Sum(), sum = 0;
        if (total == 0)
            return p;
        int kept = second.TakeWhile(d => (sum += d / total) <= z).Count();
        return AtLeast(p, sorted[kept]);
    }

    private static double[] Xtc(double[] p, double threshold)
    {
        double[] top = [.. Left(p).Where(x => x >= threshold)];
        return top.Length < 2 ? p : Keep(p, x => x <= top.Min());
    }

    private static double LeastOfMass(IEnumerable<double> ordered, double mass)
    {
        double sum = 0;
        return ordered.First(x => (sum += x) >= mass - 1e-15);
    }

    private static double[] Left(double[] p) => [.. p.Where(x => x > 0)];

    private static double[] AtLeast(double[] p, double threshold) => Keep(p, x => x >= threshold * (1 - 1e-12));

    private static double[] Keep(double[] p, Func<double, bool> keep) => Normalize([.. p.Select(x => x > 0 && keep(x) ? x : 0)]);

    private static double[] Normalize(double[] p)
    {
        double sum = p.Sum();
        return [.. p.Select(x => sum == 0 ? 0 : x / sum)];
    }
}

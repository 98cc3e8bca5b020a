namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Counts of tokens by what came before them, against the probabilities they should have.</summary>
internal sealed class ChiSquare(int vocabulary)
{
    private readonly Dictionary<int, (double[] Probabilities, int[] Counts)> _contexts = [];

    /// <summary>Tokens counted.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a token.</summary>
    /// <param name="context">What came before it.</param>
    /// <param name="token">The token.</param>
    /// <param name="probabilities">What it was to be drawn from.</param>
    public void Add(int context, int token, Func<double[]> probabilities)
    {
        if (!_contexts.TryGetValue(context, out var entry))
            _contexts[context] = entry = (probabilities(), new int[vocabulary]);
        entry.Counts[token]++;
        Count++;
    }

    /// <summary>How many standard deviations the statistic is above its mean, by Wilson and Hilferty's cube of a normal deviate.</summary>
    public double Deviate()
    {
        double chi = 0;
        int freedom = 0;
        foreach ((double[] probabilities, int[] counts) in _contexts.Values)
        {
            int total = counts.Sum();

            // Classes of few expected counts are taken together, as the statistic's distribution needs it.
            double expectedRest = 0;
            int countRest = 0, classes = 0;
            for (int i = 0; i < vocabulary; i++)
            {
                double expected = probabilities[i] * total;
                if (expected == 0)
                    Assert.Equal(0, counts[i]);
                if (expected < 8)
                {
                    expectedRest += expected;
                    countRest += counts[i];
                    continue;
                }

                chi += Math.Pow(counts[i] - expected, 2) / expected;
                classes++;
            }

            if (expectedRest >= 8)
            {
                chi += Math.Pow(countRest - expectedRest, 2) / expectedRest;
                classes++;
            }

            freedom += Math.Max(classes - 1, 0);
        }

        double variance = 2.0 / (9 * freedom);
        return (Math.Cbrt(chi / freedom) - (1 - variance)) / Math.Sqrt(variance);
    }
}

namespace KernelFoundry.Inference.Decoding;

/// <summary>Chooses among continuations that were drawn.</summary>
public static class Reranking
{
    /// <summary>The continuations by a score, best first: best-of-n with any judge.</summary>
    /// <param name="paths">Continuations.</param>
    /// <param name="score">The score; larger is better. It becomes <see cref="Hypothesis.Score"/>.</param>
    /// <returns>All of them; of equals the earlier first.</returns>
    public static IReadOnlyList<Hypothesis> ByScore(IEnumerable<Hypothesis> paths, Func<Hypothesis, double> score)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(score);
        return [.. paths.Select(path => path with { Score = score(path) }).OrderByDescending(path => path.Score)];
    }

    /// <summary>The continuations by their probability under the model, most probable first: path-probability selection.</summary>
    /// <param name="paths">Continuations.</param>
    /// <param name="penalty">How different lengths compare; an exponent of 1 is the mean a token.</param>
    /// <returns>All of them; of equals the earlier first.</returns>
    public static IReadOnlyList<Hypothesis> ByProbability(IEnumerable<Hypothesis> paths, LengthPenalty penalty = default) =>
        ByScore(paths, path => penalty.Score(path.LogProbability, path.Tokens.Count + (path.IsFinished ? 1 : 0)));

    /// <summary>
    /// Minimum Bayes risk: the continuations by their mean likeness to the others, as samples of what the model means (Kumar and Byrne, 2004;
    /// Eikema and Aziz, "Is MAP Decoding All You Need?", 2020, section 5).
    /// </summary>
    /// <param name="paths">Continuations, drawn from the model.</param>
    /// <param name="likeness">
    /// How well the first serves where the second is right; larger is better. Null for the F1 of token pairs.
    /// </param>
    /// <returns>All of them, best first; of equals the earlier first.</returns>
    public static IReadOnlyList<Hypothesis> ByMinimumBayesRisk(
        IReadOnlyList<Hypothesis> paths, Func<Hypothesis, Hypothesis, double>? likeness = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        Func<Hypothesis, Hypothesis, double> measure = likeness ?? ((a, b) => PairF1(a.Tokens, b.Tokens));
        double[] risk = [.. paths.Select((path, i) => paths.Where((_, j) => j != i).Select(other => measure(path, other)).DefaultIfEmpty(1).Average())];
        return [.. paths.Select((path, i) => path with { Score = risk[i] }).OrderByDescending(path => path.Score)];
    }

    /// <summary>F1 of the pairs of neighbouring tokens of two texts, the texts' ends counted as tokens; 1 for equal texts.</summary>
    internal static double PairF1(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        Dictionary<(int, int), int> left = Pairs(a), right = Pairs(b);
        double common = left.Sum(pair => Math.Min(pair.Value, right.GetValueOrDefault(pair.Key)));
        return 2 * common / (a.Count + 1 + b.Count + 1);
    }

    private static Dictionary<(int, int), int> Pairs(IReadOnlyList<int> tokens)
    {
        var pairs = new Dictionary<(int, int), int>();
        for (int i = 0; i <= tokens.Count; i++)
        {
            var pair = (i == 0 ? -1 : tokens[i - 1], i == tokens.Count ? -1 : tokens[i]);
            pairs[pair] = pairs.GetValueOrDefault(pair) + 1;
        }

        return pairs;
    }
}

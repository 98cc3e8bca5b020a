namespace KernelFoundry.EndToEnd.Tests;

/// <summary>How probable a model finds a text.</summary>
internal static class Likelihood
{
    public static double MeanNegativeLog(IReadOnlyList<float[]> logits, int[] tokens) =>
        MeanNegativeLog([.. logits.Select(row => row.Select(x => (double)x).ToArray())], tokens);

    /// <summary>Mean of -log p(tokens[i + 1]) after tokens 0 to i.</summary>
    public static double MeanNegativeLog(IReadOnlyList<double[]> logits, int[] tokens) => logits.Select((row, i) =>
    {
        double max = row.Max();
        return Math.Log(row.Sum(x => Math.Exp(x - max))) + max - row[tokens[i + 1]];
    }).Average();
}

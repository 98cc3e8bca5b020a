namespace KernelFoundry.Inference.Models;

/// <summary>
/// YaRN: pairs that turn often over the original context keep their frequencies, those that never turn once are slowed down as linear scaling does, and those
/// between are mixed. Peng et al., "YaRN", 2023, section 3.2.
/// </summary>
/// <param name="OriginalContext">Positions the model was trained on before it was extended.</param>
/// <param name="Extrapolation">Share of the frequencies that pairs which turn often keep; 1 in the paper.</param>
/// <param name="BetaFast">Turns over the original context from which on a pair keeps its frequency.</param>
/// <param name="BetaSlow">Turns up to which a pair is slowed down entirely.</param>
/// <param name="LogMultiplier">
/// DeepSeek's <c>mscale_all_dim</c> times 0.1: where it is not 0, queries and keys keep their magnitudes, and scores grow instead. DeepSeek-V2, 2024, section 3.1.4.
/// </param>
public sealed record YarnScaling(int OriginalContext, float Extrapolation, float BetaFast, float BetaSlow, float LogMultiplier)
{
    /// <summary>What queries and keys are multiplied by: equation 22 of the paper.</summary>
    /// <param name="scale">What positions are multiplied by: below 1.</param>
    public float Magnitude(float scale) => LogMultiplier == 0 ? Grown(0.1, scale) : 1;

    /// <summary>What scores are multiplied by besides.</summary>
    /// <param name="scale">What positions are multiplied by: below 1.</param>
    public float ScoreFactor(float scale) => LogMultiplier == 0 ? 1 : Grown(LogMultiplier, scale) * Grown(LogMultiplier, scale);

    /// <summary>Radians a position, [rotaryDims / 2]: equations 17 to 20.</summary>
    /// <param name="rotaryDims">Elements of a head that are turned.</param>
    /// <param name="frequencyBase">Base of the frequencies.</param>
    /// <param name="scale">What positions are multiplied by: below 1.</param>
    /// <param name="rounds">Whether the range of pairs between begins and ends at whole pairs.</param>
    public float[] Frequencies(int rotaryDims, double frequencyBase, double scale, bool rounds)
    {
        double low = PairThatTurns(BetaFast), high = PairThatTurns(BetaSlow);
        if (rounds)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, rotaryDims - 1));
        var frequencies = new float[rotaryDims / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            double frequency = Math.Pow(frequencyBase, -2.0 * i / rotaryDims);
            double kept = Extrapolation * (1 - Math.Clamp((i - low) / Math.Max(high - low, 0.001), 0, 1));
            frequencies[i] = (float)(frequency * (kept + (scale * (1 - kept))));
        }

        return frequencies;

        double PairThatTurns(double times) => rotaryDims * Math.Log(OriginalContext / (times * 2 * Math.PI)) / (2 * Math.Log(frequencyBase));
    }

    private static float Grown(double factor, float scale) => scale < 1 ? (float)(1 + (factor * Math.Log(1 / (double)scale))) : 1;
}

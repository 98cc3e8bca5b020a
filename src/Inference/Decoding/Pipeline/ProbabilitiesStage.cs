namespace KernelFoundry.Inference.Decoding;

/// <summary>The second stage of a decoding pipeline: truncations, in the order they are added, narrow what can be drawn.</summary>
public sealed class ProbabilitiesStage
{
    private readonly LogitsProcessor[] _processors;
    private readonly TruncationStep[] _truncations;

    internal ProbabilitiesStage(LogitsProcessor[] processors, params TruncationStep[] truncations) =>
        (_processors, _truncations) = (processors, truncations);

    /// <summary>Adds a truncation.</summary>
    /// <param name="truncation">The truncation.</param>
    /// <returns>The longer stage; this one stays as it is.</returns>
    public ProbabilitiesStage Cut(TruncationStep truncation)
    {
        ArgumentNullException.ThrowIfNull(truncation);
        return new(_processors, [.. _truncations, truncation]);
    }

    /// <summary>Ends in drawing a token.</summary>
    /// <param name="seed">
    /// Seed of the random numbers: the same seed gives the same tokens from the same logits, on every device and for any number of threads. Null
    /// for a new one for every sequence.
    /// </param>
    /// <returns>The pipeline.</returns>
    public DecodingPipeline Draw(uint? seed = null) => new(_processors, _truncations, seed, isGreedy: false);
}

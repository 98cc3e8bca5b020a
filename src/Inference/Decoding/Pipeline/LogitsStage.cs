namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// The first stage of a decoding pipeline: processors, in the order they are added, change logits. From here it goes on to probabilities, which
/// can only be truncated, and from there to a token: no stage has the methods of another, so an order that means nothing does not compile.
/// </summary>
/// <example><code>
/// DecodingPipeline pipeline = DecodingPipeline.Logits
///     .With(new RepetitionPenalty(1.1f, Window: 64)).With(new Temperature(0.8f))
///     .ToProbabilities().Cut(new TopK(40)).Cut(new TopP(0.95f))
///     .Draw(seed: 1);
/// </code></example>
public sealed class LogitsStage
{
    private readonly LogitsProcessor[] _processors;

    internal LogitsStage(params LogitsProcessor[] processors) => _processors = processors;

    /// <summary>Adds a processor.</summary>
    /// <param name="processor">The processor.</param>
    /// <returns>The longer stage; this one stays as it is.</returns>
    public LogitsStage With(LogitsProcessor processor)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return new([.. _processors, processor]);
    }

    /// <summary>Goes on to probabilities: softmax of the processed logits.</summary>
    /// <returns>The next stage.</returns>
    public ProbabilitiesStage ToProbabilities() => new(_processors);

    /// <summary>Ends in greedy decoding: the token of the largest logit, the lowest id among equals.</summary>
    /// <returns>The pipeline.</returns>
    public DecodingPipeline Greedy() => new(_processors, [], 0, isGreedy: true);
}

namespace KernelFoundry.Inference.Decoding;

/// <summary>The probabilities a token was chosen among.</summary>
/// <param name="Model">What the model thought of the token, before the pipeline.</param>
/// <param name="TopBefore">The model's most probable tokens, most probable first.</param>
/// <param name="LogProbabilityAfter">Logarithm of the probability the token was drawn with, after the pipeline.</param>
/// <param name="TopAfter">The most probable tokens after the pipeline, fewer where it left fewer.</param>
public sealed record StepLogProbabilities(
    TokenMeasures Model,
    IReadOnlyList<TokenLogProbability> TopBefore,
    float LogProbabilityAfter,
    IReadOnlyList<TokenLogProbability> TopAfter);

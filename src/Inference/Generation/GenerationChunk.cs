using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Generation;

/// <summary>
/// A piece of a generation. Every generated token gives one; the last chunk has no token but a reason, and the text that was held back.
/// </summary>
/// <param name="Token">The token; null in the last chunk.</param>
/// <param name="Text">
/// Text that is certain by now: often the token's, sometimes none, because a character or a stop string may be unfinished.
/// </param>
/// <param name="FinishReason">Why the generation ended; null in all but the last chunk.</param>
/// <param name="Statistics">What it took; null in all but the last chunk.</param>
/// <param name="LogProbabilities">What the token was chosen among, where the options ask for it.</param>
public readonly record struct GenerationChunk(
    int? Token, string Text, FinishReason? FinishReason = null, GenerationStatistics? Statistics = null, StepLogProbabilities? LogProbabilities = null);

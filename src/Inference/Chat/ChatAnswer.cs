using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;

namespace KernelFoundry.Inference.Chat;

/// <summary>A piece of an answer as it comes. The last one has the whole answer and what it took.</summary>
/// <param name="Delta">The piece; empty in the last one.</param>
/// <param name="Message">The whole answer, as the next prompt wants it; null in all but the last one.</param>
/// <param name="FinishReason">Why it ended; null in all but the last one.</param>
/// <param name="Statistics">What it took; null in all but the last one.</param>
public readonly record struct ChatAnswer(
    ChatDelta Delta, ChatMessage? Message = null, FinishReason? FinishReason = null, GenerationStatistics? Statistics = null)
{
    /// <summary>What each token was chosen among, in the last one, where the settings ask for it.</summary>
    public IReadOnlyList<StepLogProbabilities>? LogProbabilities { get; init; }

    /// <summary>The answers a search found, best first, in the last one; null without a search.</summary>
    public IReadOnlyList<ChatHypothesis>? Hypotheses { get; init; }
}

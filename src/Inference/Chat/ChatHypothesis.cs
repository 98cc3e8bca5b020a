using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Chat;

/// <summary>An answer that a search found.</summary>
/// <param name="Message">The answer, as the next prompt wants it.</param>
/// <param name="Found">Its tokens, log-probability and score.</param>
public sealed record ChatHypothesis(ChatMessage Message, Hypothesis Found);

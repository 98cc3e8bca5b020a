namespace KernelFoundry.Kernels;

/// <summary>What a draw found out about its distribution.</summary>
/// <param name="Largest">The largest processed logit; -inf if every token is banned.</param>
/// <param name="LogTotal">log(sum(exp(logit))) of the tokens that could be drawn.</param>
/// <param name="Candidates">How many tokens could be drawn, those less than 26.1 below the largest counted.</param>
/// <param name="Entropy">Entropy in nats of the distribution it was drawn from.</param>
/// <param name="Surprise">Nats of surprise that the first token had before the last truncation.</param>
/// <param name="Broken">How many logits are NaN or +inf.</param>
/// <param name="Banned">How many logits are -inf.</param>
public readonly record struct DrawSummary(float Largest, float LogTotal, int Candidates, float Entropy, float Surprise, int Broken, int Banned);

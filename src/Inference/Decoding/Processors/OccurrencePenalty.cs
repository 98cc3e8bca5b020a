namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Takes off the logits of tokens that were generated: a frequency penalty each time they occurred and a presence penalty once (the penalties of
/// OpenAI's API).
/// </summary>
/// <param name="Frequency">Taken off for each occurrence.</param>
/// <param name="Presence">Taken off once.</param>
/// <param name="Window">Last tokens that count; 0 for all.</param>
/// <param name="CountsPrompt">Whether tokens of the prompt count too.</param>
public sealed record OccurrencePenalty(float Frequency, float Presence, int Window = 0, bool CountsPrompt = false) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReadOnlySpan<int> tokens = context.Tokens.Span[(CountsPrompt ? 0 : context.PromptLength)..];
        foreach ((int token, int count) in TokenHistory.Count(TokenHistory.Last(tokens, Window)))
            context.Edit(token, 1, -(Frequency * count) - Presence);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(float.IsFinite(Frequency), nameof(Frequency), Frequency, "a finite number");
        Require(float.IsFinite(Presence), nameof(Presence), Presence, "a finite number");
        Require(Window >= 0, nameof(Window), Window, "0 or more");
    }
}

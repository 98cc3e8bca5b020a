namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Makes the prompt's tokens more likely: <see cref="RepetitionPenalty"/> the other way round, for texts that must stay with their source.
/// </summary>
/// <param name="Bonus">The bonus; 1 changes nothing.</param>
public sealed record PromptBonus(float Bonus) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (int token in TokenHistory.Count(context.Tokens.Span[..context.PromptLength]).Keys)
            context.Edit(token, 1 / Bonus, 0);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary) =>
        Require(Bonus is >= 1e-6f and <= 1e6f, nameof(Bonus), Bonus, "from 0.000001 to 1000000");
}

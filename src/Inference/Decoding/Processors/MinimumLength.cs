namespace KernelFoundry.Inference.Decoding;

/// <summary>Bans the tokens that end a generation until it is long enough.</summary>
/// <param name="Length">Tokens to generate at least.</param>
/// <param name="StopTokens">The tokens that end it.</param>
public sealed record MinimumLength(int Length, IReadOnlyList<int> StopTokens) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Generated >= Length)
            return;
        foreach (int token in StopTokens)
            context.Ban(token);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Length >= 0, nameof(Length), Length, "0 or more");
        RequireTokens(nameof(StopTokens), StopTokens, vocabulary);
    }
}

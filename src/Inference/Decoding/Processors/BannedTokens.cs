namespace KernelFoundry.Inference.Decoding;

/// <summary>Bans tokens.</summary>
/// <param name="Tokens">The tokens.</param>
public sealed record BannedTokens(IReadOnlyList<int> Tokens) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (int token in Tokens)
            context.Ban(token);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        RequireTokens(nameof(Tokens), Tokens, vocabulary);
        int distinct = Tokens.Distinct().Count();
        Require(distinct < vocabulary, nameof(Tokens), distinct, $"fewer tokens than the vocabulary's {vocabulary}: no token would be left");
    }
}

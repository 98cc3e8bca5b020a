namespace KernelFoundry.Inference.Decoding;

/// <summary>Bans every token but some.</summary>
/// <param name="Tokens">The tokens that may come.</param>
public sealed record AllowedTokens(IReadOnlyList<int> Tokens) : LogitsProcessor
{
    private int[]? _bits;

    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_bits is null || _bits.Length != (context.Vocabulary + 31) / 32)
        {
            var bits = new int[(context.Vocabulary + 31) / 32];
            foreach (int token in Tokens)
                bits[token >> 5] |= 1 << token;
            _bits = bits;
        }

        context.Allow(_bits);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Tokens.Count > 0, nameof(Tokens), Tokens.Count, "at least one token");
        RequireTokens(nameof(Tokens), Tokens, vocabulary);
    }
}

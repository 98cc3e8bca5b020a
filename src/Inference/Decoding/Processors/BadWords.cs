namespace KernelFoundry.Inference.Decoding;

/// <summary>Bans the last token of each sequence of tokens where the ones before it stand at the end of the text.</summary>
/// <param name="Words">The sequences, none empty.</param>
public sealed record BadWords(IReadOnlyList<IReadOnlyList<int>> Words) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (IReadOnlyList<int> word in Words)
        {
            if (TokenHistory.EndsWith(context.Tokens.Span, word, word.Count - 1))
                context.Ban(word[^1]);
        }
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        foreach (IReadOnlyList<int> word in Words)
        {
            Require(word.Count > 0, nameof(Words), word.Count, "sequences of at least one token");
            RequireTokens(nameof(Words), word, vocabulary);
        }
    }
}

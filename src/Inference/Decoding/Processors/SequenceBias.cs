namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Adds a bias to the last token of a sequence of tokens where the ones before it stand at the end of the text. With a sequence of one token it is
/// added always.
/// </summary>
/// <param name="Biases">The sequences, none empty, and their biases.</param>
public sealed record SequenceBias(IReadOnlyList<(IReadOnlyList<int> Tokens, float Bias)> Biases) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach ((IReadOnlyList<int> tokens, float bias) in Biases)
        {
            if (TokenHistory.EndsWith(context.Tokens.Span, tokens, tokens.Count - 1))
                context.Edit(tokens[^1], 1, bias);
        }
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        foreach ((IReadOnlyList<int> tokens, float bias) in Biases)
        {
            Require(tokens.Count > 0, nameof(Biases), tokens.Count, "sequences of at least one token");
            RequireTokens(nameof(Biases), tokens, vocabulary);
            Require(bias < float.PositiveInfinity, nameof(Biases), bias, "numbers below +infinity");
        }
    }
}

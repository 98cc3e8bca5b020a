namespace KernelFoundry.Inference.Decoding;

/// <summary>Bans tokens that would repeat a run of n tokens (Paulus et al., "A Deep Reinforced Model for Abstractive Summarization", 2017, section 2.5).</summary>
/// <param name="Size">The n; 1 bans every token that has occurred.</param>
/// <param name="Window">Last tokens that are searched; 0 for all.</param>
public sealed record NoRepeatNGram(int Size, int Window = 0) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReadOnlySpan<int> tokens = TokenHistory.Last(context.Tokens.Span, Window);
        if (tokens.Length < Size)
            return;
        ReadOnlySpan<int> end = tokens[(tokens.Length - Size + 1)..];
        for (int start = 0; start + Size <= tokens.Length; start++)
        {
            if (tokens.Slice(start, Size - 1).SequenceEqual(end))
                context.Ban(tokens[start + Size - 1]);
        }
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Size >= 1, nameof(Size), Size, "1 or more");
        Require(Window >= 0, nameof(Window), Window, "0 or more");
    }
}

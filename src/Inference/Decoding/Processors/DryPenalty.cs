namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Don't repeat yourself: a token that would lengthen a repetition of the text's end loses multiplier base^(length - allowed), where length is
/// that of the longest run before an earlier occurrence of the token that the text now ends with (p-e-w, "DRY", 2024).
/// </summary>
/// <param name="Multiplier">The penalty at the allowed length; 0 is off.</param>
/// <param name="Base">What it grows by with each token of length; at least 1.</param>
/// <param name="AllowedLength">Length of a repetition from which the penalty counts.</param>
/// <param name="Window">Last tokens that are searched; 0 for all.</param>
public sealed record DryPenalty(float Multiplier, float Base = 1.75f, int AllowedLength = 2, int Window = 0) : LogitsProcessor
{
    // Beyond this base^length is out of reach of any logit, and of floats soon after.
    private const int MostLength = 64;

    /// <summary>Tokens no repetition goes across, such as line ends and quotes.</summary>
    public IReadOnlyList<int> Breakers { get; init; } = [];

    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReadOnlySpan<int> tokens = TokenHistory.Last(context.Tokens.Span, Window);
        if (Multiplier == 0 || tokens.Length < 2 || Breakers.Contains(tokens[^1]))
            return;
        var lengths = new Dictionary<int, int>();
        for (int next = 1; next < tokens.Length; next++)
        {
            int length = 0;
            while (length < MostLength && length < next && tokens[next - 1 - length] == tokens[^(1 + length)]
                && !Breakers.Contains(tokens[next - 1 - length]))
            {
                length++;
            }

            if (length >= AllowedLength && !Breakers.Contains(tokens[next]))
                lengths[tokens[next]] = Math.Max(length, lengths.GetValueOrDefault(tokens[next]));
        }

        foreach ((int token, int length) in lengths)
            context.Edit(token, 1, -Multiplier * MathF.Pow(Base, length - AllowedLength));
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Multiplier >= 0 && float.IsFinite(Multiplier), nameof(Multiplier), Multiplier, "a finite number, 0 or more");
        Require(Base >= 1 && float.IsFinite(Base), nameof(Base), Base, "a finite number, 1 or more");
        Require(AllowedLength >= 1, nameof(AllowedLength), AllowedLength, "1 or more");
        Require(Window >= 0, nameof(Window), Window, "0 or more");
        RequireTokens(nameof(Breakers), Breakers, vocabulary);
    }
}

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Makes tokens that have occurred less likely: a positive logit is divided by the penalty, another multiplied (Keskar et al., "CTRL", 2019,
/// section 4.1).
/// </summary>
/// <param name="Penalty">The penalty; 1 changes nothing, below 1 encourages repetition.</param>
/// <param name="Window">Last tokens that count; 0 for all.</param>
public sealed record RepetitionPenalty(float Penalty, int Window = 0) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (int token in TokenHistory.Count(TokenHistory.Last(context.Tokens.Span, Window)).Keys)
            context.Edit(token, Penalty, 0);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Penalty is >= 1e-6f and <= 1e6f, nameof(Penalty), Penalty, "from 0.000001 to 1000000");
        Require(Window >= 0, nameof(Window), Window, "0 or more");
    }
}

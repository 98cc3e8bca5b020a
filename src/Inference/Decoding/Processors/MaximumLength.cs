namespace KernelFoundry.Inference.Decoding;

/// <summary>Allows only the tokens that end a generation once it is long enough, so that the model's own end closes it.</summary>
/// <param name="Length">Tokens to generate before the end.</param>
/// <param name="StopTokens">The tokens that end it.</param>
public sealed record MaximumLength(int Length, IReadOnlyList<int> StopTokens) : LogitsProcessor
{
    private readonly AllowedTokens _end = new(StopTokens);

    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Generated >= Length)
            _end.Process(context);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Length >= 0, nameof(Length), Length, "0 or more");
        _end.Validate(vocabulary);
    }
}

namespace KernelFoundry.Inference.Decoding;

/// <summary>Adds a bias to the logits of some tokens; -infinity bans one.</summary>
/// <param name="Biases">Biases by token.</param>
public sealed record LogitBias(IReadOnlyDictionary<int, float> Biases) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach ((int token, float bias) in Biases)
            context.Edit(token, 1, bias);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        RequireTokens(nameof(Biases), Biases.Keys, vocabulary);
        foreach (float bias in Biases.Values)
            Require(bias < float.PositiveInfinity, nameof(Biases), bias, "numbers below +infinity");
    }
}

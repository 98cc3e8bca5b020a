namespace KernelFoundry.Inference.Decoding;

/// <summary>Divides logits by a temperature: above 1 flattens the distribution, below 1 sharpens it (Ackley et al., 1985).</summary>
/// <param name="Value">The temperature; above 0. Greedy decoding is the pipeline's own end, not a temperature.</param>
public sealed record Temperature(float Value) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Divide(Value);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary) =>
        Require(Value > 0 && float.IsFinite(Value) && float.IsFinite(1 / Value), nameof(Value), Value, "a finite number above 0, not below 1e-38");
}

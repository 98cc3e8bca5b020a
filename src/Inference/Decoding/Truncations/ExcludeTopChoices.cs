using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// With a probability, drops every token of at least a threshold but the least probable of them (p-e-w, "XTC", 2024).
/// </summary>
/// <param name="Threshold">The threshold; above 0.5 there is never more than one such token.</param>
/// <param name="Probability">How often.</param>
public sealed record ExcludeTopChoices(float Threshold, float Probability) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.Xtc;

    /// <inheritdoc/>
    internal override float Amount => MathF.Log(Threshold);

    /// <inheritdoc/>
    internal override float Second => Probability;

    /// <inheritdoc/>
    internal override void Validate()
    {
        Require(Threshold is > 0 and <= 1, nameof(Threshold), Threshold, "above 0 and at most 1");
        Require(Probability is >= 0 and <= 1, nameof(Probability), Probability, "from 0 to 1");
    }
}

using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps the tokens whose surprise is nearest the entropy, the fewest that have a share of the probability together (Meister et al., "Locally
/// Typical Sampling", 2022, section 4).
/// </summary>
/// <param name="Mass">The share; 1 keeps all.</param>
public sealed record LocallyTypical(float Mass) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.Typical;

    /// <inheritdoc/>
    internal override float Amount => Mass;

    /// <inheritdoc/>
    internal override void Validate() => Require(Mass is > 0 and <= 1, nameof(Mass), Mass, "above 0 and at most 1");
}

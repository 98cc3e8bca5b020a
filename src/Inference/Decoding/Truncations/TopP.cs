using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps the fewest most probable tokens that have a share of the probability together (Holtzman et al., "The Curious Case of Neural Text
/// Degeneration", 2019, section 3.1).
/// </summary>
/// <param name="Share">The share; 1 keeps all.</param>
public sealed record TopP(float Share) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.TopP;

    /// <inheritdoc/>
    internal override float Amount => Share;

    /// <inheritdoc/>
    internal override void Validate() => Require(Share is > 0 and <= 1, nameof(Share), Share, "above 0 and at most 1");
}

using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps logits at most some standard deviations below the largest (Tang et al., "Top-nσ: Not All Logits Are You Need", 2024). A temperature
/// does not change what is kept.
/// </summary>
/// <param name="Deviations">How many standard deviations.</param>
public sealed record TopNSigma(float Deviations) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.TopNSigma;

    /// <inheritdoc/>
    internal override float Amount => Deviations;

    /// <inheritdoc/>
    internal override void Validate() => Require(Deviations >= 0 && float.IsFinite(Deviations), nameof(Deviations), Deviations, "a finite number, 0 or more");
}

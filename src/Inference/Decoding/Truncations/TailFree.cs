using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps the most probable tokens until the curve of sorted probabilities flattens: until its absolute second differences, normalized, sum to
/// more than a share (Phénix and Egan, "Tail Free Sampling", 2019).
/// </summary>
/// <param name="Share">The share; 1 keeps all.</param>
public sealed record TailFree(float Share) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.TailFree;

    /// <inheritdoc/>
    internal override float Amount => Share;

    /// <inheritdoc/>
    internal override void Validate() => Require(Share is > 0 and <= 1, nameof(Share), Share, "above 0 and at most 1");
}

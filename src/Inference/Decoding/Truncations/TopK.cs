using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps the most probable tokens (Fan et al., "Hierarchical Neural Story Generation", 2018, section 5.1).
/// </summary>
/// <param name="Count">How many; 0 keeps all.</param>
public sealed record TopK(int Count) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.TopK;

    /// <inheritdoc/>
    internal override float Amount => Count;

    /// <inheritdoc/>
    internal override void Validate() => Require(Count >= 0, nameof(Count), Count, "0 or more");
}

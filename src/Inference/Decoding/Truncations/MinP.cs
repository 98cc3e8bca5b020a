using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps tokens at least a share as probable as the most probable one (Nguyen et al., "Turning Up the Heat", 2024).
/// </summary>
/// <param name="Share">The share; 0 keeps all.</param>
public sealed record MinP(float Share) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.MinP;

    /// <inheritdoc/>
    internal override float Amount => MathF.Log(Share);

    /// <inheritdoc/>
    internal override void Validate() => Require(Share is >= 0 and <= 1, nameof(Share), Share, "from 0 to 1");
}

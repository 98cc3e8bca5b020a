using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps tokens whose probability is at least a factor times the square of the largest (BlinkDL, "RWKV-LM", 2022, top-a).
/// </summary>
/// <param name="Factor">The factor; 0 keeps all.</param>
public sealed record TopA(float Factor) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.TopA;

    /// <inheritdoc/>
    internal override float Amount => MathF.Log(Factor);

    /// <inheritdoc/>
    internal override void Validate() => Require(Factor is >= 0 and <= 1, nameof(Factor), Factor, "from 0 to 1");
}

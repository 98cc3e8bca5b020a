using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps tokens of at least a probability, always the most probable one (Hewitt et al., "Truncation Sampling as Language Model Desmoothing",
/// 2022, section 4.1).
/// </summary>
/// <param name="Least">The probability.</param>
public sealed record EpsilonCut(float Least) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.Epsilon;

    /// <inheritdoc/>
    internal override float Amount => MathF.Log(Least);

    /// <inheritdoc/>
    internal override void Validate() => Require(Least is >= 0 and < 1, nameof(Least), Least, "from 0 to below 1");
}

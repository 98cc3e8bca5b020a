using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps tokens whose probability is at least min(e, sqrt(e) exp(-entropy)), always the most probable one (Hewitt et al., 2022, section 4.2).
/// </summary>
/// <param name="Epsilon">The constant e.</param>
public sealed record EtaCut(float Epsilon) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.Eta;

    /// <inheritdoc/>
    internal override float Amount => MathF.Log(Epsilon);

    /// <inheritdoc/>
    internal override void Validate() => Require(Epsilon is >= 0 and < 1, nameof(Epsilon), Epsilon, "from 0 to below 1");
}

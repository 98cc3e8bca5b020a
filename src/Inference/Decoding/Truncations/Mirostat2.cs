using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Keeps tokens of at most a surprise, and moves that bound after every token so that surprise comes near a target on average (Basu et al.,
/// "Mirostat", 2021, section 5; version 2 of their code). It must be the last truncation.
/// </summary>
/// <param name="Target">The surprise to keep to, in bits; 5 is usual.</param>
/// <param name="Rate">How fast the bound moves; 0.1 is usual.</param>
public sealed record Mirostat2(float Target, float Rate) : TruncationStep
{
    /// <inheritdoc/>
    internal override int Method => Truncation.Surprise;

    /// <inheritdoc/>
    internal override float Amount => 2 * Target * MathF.Log(2);

    /// <inheritdoc/>
    internal override void Validate()
    {
        Require(Target > 0 && float.IsFinite(Target), nameof(Target), Target, "a finite number above 0");
        Require(Rate is > 0 and <= 1, nameof(Rate), Rate, "above 0 and at most 1");
    }
}

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Entropy-adaptive temperature: base 0.8^(scale / entropy), so that a sure model is sharpened and an unsure one left at the base (Zhang et al.,
/// "EDT: Improving Large Language Models' Generation by Entropy-based Dynamic Temperature Sampling", 2024, equation 3).
/// </summary>
/// <param name="Base">The highest temperature; above 0.</param>
/// <param name="Scale">How strongly entropy counts, in nats; 0 keeps the base.</param>
public sealed record EntropyTemperature(float Base, float Scale) : LogitsProcessor
{
    private const float Least = 1e-2f;

    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        float power = Scale == 0 ? 0 : Scale / Math.Max(context.Measure().Entropy, 1e-6f);
        context.Divide(Math.Max(Base * MathF.Pow(0.8f, power), Math.Min(Base, Least)));
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Base > 0 && float.IsFinite(Base), nameof(Base), Base, "a finite number above 0");
        Require(Scale >= 0 && float.IsFinite(Scale), nameof(Scale), Scale, "a finite number, 0 or more");
    }
}

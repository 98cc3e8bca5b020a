namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A temperature between two bounds that follows the entropy: low + (high - low) (entropy / log vocabulary)^exponent (kalomaze, "dynamic
/// temperature", 2023).
/// </summary>
/// <param name="Low">The temperature where one token is certain; above 0.</param>
/// <param name="High">The temperature where all tokens are alike.</param>
/// <param name="Exponent">How the entropy's share counts; above 0.</param>
public sealed record DynamicTemperature(float Low, float High, float Exponent = 1) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        float share = context.Vocabulary > 1 ? Math.Clamp(context.Measure().Entropy / MathF.Log(context.Vocabulary), 0, 1) : 0;
        context.Divide(Low + ((High - Low) * MathF.Pow(share, Exponent)));
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Low > 0 && float.IsFinite(Low), nameof(Low), Low, "a finite number above 0");
        Require(High >= Low && float.IsFinite(High), nameof(High), High, $"a finite number, at least {nameof(Low)}");
        Require(Exponent > 0 && float.IsFinite(Exponent), nameof(Exponent), Exponent, "a finite number above 0");
    }
}

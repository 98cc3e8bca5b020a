using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Logit arithmetic with a second forward pass: (1 + scale) x - scale other.
/// <list type="bullet">
/// <item>Classifier-free guidance of strength g: the second pass is the same model on a negative or empty prompt, scale g - 1 (Sanchez et al.,
/// "Stay on Topic with Classifier-Free Guidance", 2023, equation 7).</item>
/// <item>Contrastive decoding: the second pass is a weaker model, plausibility 0.1; scale b is the weight of the amateur (Li et al.,
/// "Contrastive Decoding", 2022; in the form of O'Brien and Lewis, 2023, equation 3).</item>
/// <item>Context-aware decoding: the second pass is the same model without the context, scale a (Shi et al., "Trusting Your Evidence", 2023,
/// equation 3).</item>
/// </list>
/// </summary>
/// <param name="Second">The second pass.</param>
/// <param name="Scale">How far to move away from it.</param>
/// <param name="Plausibility">Tokens less probable than this share of the most probable one are banned; 0 bans none.</param>
public sealed record Guidance(ISecondPass Second, float Scale, float Plausibility = 0) : LogitsProcessor
{
    internal const float MostScale = 1000;

    /// <inheritdoc/>
    public override void Process(LogitsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        View1<float> other = Second.Score(context.Tokens.Span[context.PromptLength..]);
        if (other.Extent0 != context.Vocabulary)
            throw new InvalidOperationException($"The second pass gives {other.Extent0} logits for a vocabulary of {context.Vocabulary} tokens.");
        float least = Plausibility > 0 ? context.Measure().Largest + MathF.Log(Plausibility) : float.NegativeInfinity;
        context.Apply(new GuidanceProcessor(other, Scale, least));
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Scale is > -1 and <= MostScale, nameof(Scale), Scale, "above -1 and at most 1000");
        Require(Plausibility is >= 0 and <= 1, nameof(Plausibility), Plausibility, "from 0 to 1");
    }
}

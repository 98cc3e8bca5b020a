using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Arithmetic with the logits of a second forward pass: (1 + scale) x - scale other, for tokens whose logit is at least a bound. Classifier-free
/// guidance, contrastive decoding and context-aware decoding are this with different second passes; that logits are known up to a constant only
/// moves all results alike.
/// </summary>
/// <param name="other">Logits of the second pass, [vocabulary].</param>
/// <param name="scale">How far to move away from them.</param>
/// <param name="least">Tokens whose own logit is below this are banned.</param>
public readonly struct GuidanceProcessor(View1<float> other, float scale, float least) : ILogitsProcessor<GuidanceProcessor>, ILogitsReference
{
    /// <summary>Logits of the second pass, [vocabulary].</summary>
    public View1<float> Other { get; } = other;

    /// <summary>How far to move away from them.</summary>
    public float Scale { get; } = scale;

    /// <summary>Tokens whose own logit is below this are banned.</summary>
    public float Least { get; } = least;

    /// <inheritdoc/>
    public static Tile<float> Apply(GuidanceProcessor self, Tile<float> logits, Tile<int> ids) =>
        Where(logits >= self.Least, logits + (self.Scale * (logits - self.Other.Load(ids))), float.NegativeInfinity);

    /// <inheritdoc/>
    public double Reference(double logit, int id) =>
        logit >= Least ? logit + (Scale * (logit - Other.Load(id))) : double.NegativeInfinity;

    /// <inheritdoc/>
    public double Magnitude(double logit, int id) => Math.Abs(logit) + Math.Abs(Scale * (logit - Other.Load(id)));
}

namespace KernelFoundry.Kernels;

/// <summary>
/// Truncations one after another, each of <see cref="Truncation"/>'s with its amount. A chain that is fixed when a project is compiled is a struct
/// with constants and is fused into the sampler; one that is known at run time is <see cref="ChainProgram"/>. Both give the same tokens.
/// </summary>
/// <typeparam name="TSelf">The struct that implements it.</typeparam>
[FunctorInterface]
public interface ITruncationChain<TSelf>
    where TSelf : struct, ITruncationChain<TSelf>
{
    /// <summary>How many truncations there are.</summary>
    /// <param name="self">The functor.</param>
    /// <returns>The number.</returns>
    static abstract int Count(TSelf self);

    /// <summary>Which truncation stands at a place.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="index">The place, from 0; 0 is asked for even if there is none.</param>
    /// <returns>A constant of <see cref="Truncation"/>.</returns>
    static abstract int Method(TSelf self, int index);

    /// <summary>Its amount; shares of probability that are compared one by one come as logarithms.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="index">The place, from 0.</param>
    /// <returns>The amount.</returns>
    static abstract float Amount(TSelf self, int index);

    /// <summary>Its second amount, where it has one.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="index">The place, from 0.</param>
    /// <returns>The amount.</returns>
    static virtual float Second(TSelf self, int index) => 0;

    /// <summary>The least logit that <see cref="Truncation.Own"/> keeps.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="max">The largest logit that is left.</param>
    /// <param name="logTotal">log(sum(exp(logits))) of what is left: a token's log-probability is its logit minus this.</param>
    /// <param name="entropy">Entropy of what is left, in nats.</param>
    /// <returns>The threshold.</returns>
    static virtual float Threshold(TSelf self, float max, float logTotal, float entropy) => float.NegativeInfinity;
}

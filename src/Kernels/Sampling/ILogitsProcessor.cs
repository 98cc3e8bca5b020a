namespace KernelFoundry.Kernels;

/// <summary>
/// What becomes of logits before they are probabilities, token by token: fused into every kernel that reads them. Several in a row are one
/// functor whose method calls the others' device functions. A banned token's logit is -inf.
/// </summary>
/// <typeparam name="TSelf">The struct that implements it.</typeparam>
[FunctorInterface]
public interface ILogitsProcessor<TSelf>
    where TSelf : struct, ILogitsProcessor<TSelf>
{
    /// <summary>The processed logits.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="logits">Logits, of any shape.</param>
    /// <param name="ids">The tokens they belong to, of the same shape.</param>
    /// <returns>A tile of the same shape.</returns>
    static abstract Tile<float> Apply(TSelf self, Tile<float> logits, Tile<int> ids);
}

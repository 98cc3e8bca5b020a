namespace KernelFoundry.Kernels;

/// <summary>An activation function, applied element by element.</summary>
/// <typeparam name="TSelf">The struct that implements it.</typeparam>
[FunctorInterface]
public interface IActivation<TSelf>
    where TSelf : struct, IActivation<TSelf>
{
    /// <summary>The function.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="x">Values of any shape.</param>
    /// <returns>A tile of the same shape.</returns>
    static abstract Tile<float> Apply(TSelf self, Tile<float> x);
}

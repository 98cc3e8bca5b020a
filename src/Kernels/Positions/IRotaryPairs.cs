namespace KernelFoundry.Kernels;

/// <summary>Which dimensions of a head rotary position embedding pairs.</summary>
/// <typeparam name="TSelf">The struct that implements it.</typeparam>
[FunctorInterface]
public interface IRotaryPairs<TSelf>
    where TSelf : struct, IRotaryPairs<TSelf>
{
    /// <summary>The first dimension of pairs.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="pair">Numbers of pairs.</param>
    /// <param name="pairs">How many there are.</param>
    /// <returns>A tile of the numbers' shape.</returns>
    static abstract Tile<int> First(TSelf self, Tile<int> pair, int pairs);

    /// <summary>The second dimension of pairs.</summary>
    /// <inheritdoc cref="First"/>
    static abstract Tile<int> Second(TSelf self, Tile<int> pair, int pairs);
}

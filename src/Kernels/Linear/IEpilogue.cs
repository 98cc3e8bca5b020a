namespace KernelFoundry.Kernels;

/// <summary>What becomes of a linear layer's results before they are stored.</summary>
/// <typeparam name="TSelf">The struct that implements it.</typeparam>
[FunctorInterface]
public interface IEpilogue<TSelf>
    where TSelf : struct, IEpilogue<TSelf>
{
    /// <summary>The value to store.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="value">Results, [m, n].</param>
    /// <param name="token">Their tokens, [m, 1].</param>
    /// <param name="row">Their weight rows, which are output columns, [1, n].</param>
    /// <returns>A tile that broadcasts to [m, n].</returns>
    static abstract Tile<float> Apply(TSelf self, Tile<float> value, Tile<int> token, Tile<int> row);
}

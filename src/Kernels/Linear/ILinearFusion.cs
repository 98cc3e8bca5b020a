namespace KernelFoundry.Kernels;

/// <summary>
/// What is fused into a linear layer of single tokens (<see cref="Linear.MatVecInt8"/>): what becomes of its input before it is multiplied, and of its results before they are
/// stored. Both stay as they are by default.
/// </summary>
/// <typeparam name="TSelf">The struct that implements it.</typeparam>
[FunctorInterface]
public interface ILinearFusion<TSelf>
    where TSelf : struct, ILinearFusion<TSelf>
{
    /// <summary>The values to multiply. A thread computes them once a token, whatever the number of weight rows.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="x">Activations of the token, [n].</param>
    /// <param name="token">The token.</param>
    /// <param name="column">Their columns, [n].</param>
    /// <param name="meanSquare">Mean of the squares of all the token's activations.</param>
    /// <returns>A tile of x's shape.</returns>
    static virtual Tile<float> Prologue(TSelf self, Tile<float> x, int token, Tile<int> column, float meanSquare) => x;

    /// <summary>The values to store.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="value">Results, [m, n].</param>
    /// <param name="token">Their tokens, [m, 1].</param>
    /// <param name="row">Their weight rows, which are output columns, [1, n].</param>
    /// <returns>A tile that broadcasts to [m, n].</returns>
    static virtual Tile<float> Epilogue(TSelf self, Tile<float> value, Tile<int> token, Tile<int> row) => value;
}

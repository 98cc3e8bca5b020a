namespace KernelFoundry.Kernels;

/// <summary>What a fusion gives for one number in double precision: what tests compare with. Its views are in host memory then.</summary>
public interface ILinearFusionReference
{
    /// <summary>The value to multiply.</summary>
    /// <param name="x">The activation.</param>
    /// <param name="token">Its token.</param>
    /// <param name="column">Its column.</param>
    /// <param name="meanSquare">Mean of the squares of all the token's activations.</param>
    /// <returns>The value.</returns>
    double Prologue(double x, int token, int column, double meanSquare) => x;

    /// <summary>The value to store.</summary>
    /// <param name="value">The result.</param>
    /// <param name="token">Its token.</param>
    /// <param name="row">Its weight row.</param>
    /// <returns>The value.</returns>
    double Epilogue(double value, int token, int row) => value;
}

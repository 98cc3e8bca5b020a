using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// The down projection of SwiGLU (Shazeer, "GLU Variants Improve Transformer", 2020): the input is silu(x) * up, and the residual stream, which may be the layer's output itself,
/// is added to the results.
/// </summary>
/// <param name="up">Up projection, [tokens, cols].</param>
/// <param name="residual">[tokens, rows].</param>
public readonly struct GateInputAddResidual(View2<float> up, View2<float> residual) : ILinearFusion<GateInputAddResidual>, ILinearFusionReference
{
    /// <summary>Up projection, [tokens, cols].</summary>
    public View2<float> Up { get; } = up;

    /// <summary>[tokens, rows].</summary>
    public View2<float> Residual { get; } = residual;

    /// <inheritdoc/>
    public static Tile<float> Prologue(GateInputAddResidual self, Tile<float> x, int token, Tile<int> column, float meanSquare) =>
        self.Up.Load(token, column) * x * Sigmoid(x);

    /// <inheritdoc/>
    public static Tile<float> Epilogue(GateInputAddResidual self, Tile<float> value, Tile<int> token, Tile<int> row) =>
        value + self.Residual.Load(token, row);

    /// <inheritdoc/>
    public double Prologue(double x, int token, int column, double meanSquare) => x / (1 + Math.Exp(-x)) * Up.Load(token, column);

    /// <inheritdoc/>
    public double Epilogue(double value, int token, int row) => value + Residual.Load(token, row);
}

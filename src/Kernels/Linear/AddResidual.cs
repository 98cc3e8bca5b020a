namespace KernelFoundry.Kernels;

/// <summary>Adds the residual stream, which may be the layer's output itself.</summary>
/// <param name="residual">[tokens, rows].</param>
public readonly struct AddResidual(View2<float> residual) : ILinearFusion<AddResidual>, ILinearFusionReference
{
    /// <summary>[tokens, rows].</summary>
    public View2<float> Residual { get; } = residual;

    /// <inheritdoc/>
    public static Tile<float> Epilogue(AddResidual self, Tile<float> value, Tile<int> token, Tile<int> row) =>
        value + self.Residual.Load(token, row);

    /// <inheritdoc/>
    public double Epilogue(double value, int token, int row) => value + Residual.Load(token, row);
}

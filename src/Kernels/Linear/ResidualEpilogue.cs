namespace KernelFoundry.Kernels;

/// <summary>Adds the residual stream, which may be the layer's output itself.</summary>
/// <param name="residual">[tokens, rows].</param>
public readonly struct ResidualEpilogue(View2<float> residual) : IEpilogue<ResidualEpilogue>, IEpilogueReference
{
    /// <summary>[tokens, rows].</summary>
    public View2<float> Residual { get; } = residual;

    /// <inheritdoc/>
    public static Tile<float> Apply(ResidualEpilogue self, Tile<float> value, Tile<int> token, Tile<int> row) =>
        value + self.Residual.Load(token, row);

    /// <inheritdoc/>
    public double Reference(double value, int token, int row) => value + Residual.Load(token, row);
}

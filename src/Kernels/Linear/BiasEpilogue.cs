namespace KernelFoundry.Kernels;

/// <summary>Adds one number an output column.</summary>
/// <param name="bias">[rows].</param>
public readonly struct BiasEpilogue(View1<float> bias) : IEpilogue<BiasEpilogue>, IEpilogueReference
{
    /// <summary>[rows].</summary>
    public View1<float> Bias { get; } = bias;

    /// <inheritdoc/>
    public static Tile<float> Apply(BiasEpilogue self, Tile<float> value, Tile<int> token, Tile<int> row) => value + self.Bias.Load(row);

    /// <inheritdoc/>
    public double Reference(double value, int token, int row) => value + Bias.Load(row);
}

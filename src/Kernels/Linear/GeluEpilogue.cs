namespace KernelFoundry.Kernels;

/// <summary>GELU in its tanh approximation, as in <see cref="GeluTanh"/>.</summary>
public readonly struct GeluEpilogue : IEpilogue<GeluEpilogue>, IEpilogueReference
{
    /// <inheritdoc/>
    public static Tile<float> Apply(GeluEpilogue self, Tile<float> value, Tile<int> token, Tile<int> row) => Gelu.TanhForm(value);

    /// <inheritdoc/>
    public double Reference(double value, int token, int row) => Gelu.TanhFormReference(value);
}

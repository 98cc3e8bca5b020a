namespace KernelFoundry.Kernels;

/// <summary>Results are stored as they are.</summary>
public readonly struct NoEpilogue : IEpilogue<NoEpilogue>, IEpilogueReference
{
    /// <inheritdoc/>
    public static Tile<float> Apply(NoEpilogue self, Tile<float> value, Tile<int> token, Tile<int> row) => value;

    /// <inheritdoc/>
    public double Reference(double value, int token, int row) => value;
}

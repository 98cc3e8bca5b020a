using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>Normalizes the input as <see cref="Normalization.RmsNorm"/> does, to the same bits.</summary>
/// <param name="weight">Gain, [cols].</param>
/// <param name="epsilon">Added to the mean square; positive.</param>
public readonly struct NormInput(View1<float> weight, float epsilon) : ILinearFusion<NormInput>, ILinearFusionReference
{
    /// <summary>Gain, [cols].</summary>
    public View1<float> Weight { get; } = weight;

    /// <summary>Added to the mean square.</summary>
    public float Epsilon { get; } = epsilon;

    /// <inheritdoc/>
    public static Tile<float> Prologue(NormInput self, Tile<float> x, int token, Tile<int> column, float meanSquare) =>
        x * Rsqrt(meanSquare + self.Epsilon) * self.Weight.Load(column);

    /// <inheritdoc/>
    public double Prologue(double x, int token, int column, double meanSquare) => x / Math.Sqrt(meanSquare + Epsilon) * Weight.Load(column);
}

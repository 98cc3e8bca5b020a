namespace KernelFoundry.Inference.Models;

/// <summary>How the outputs of attention or of a feed-forward layer come into the residual stream.</summary>
/// <param name="Matrix">The last projection, [embedding, columns].</param>
/// <param name="Bias">Added to its results, [embedding]; empty for none.</param>
/// <param name="Norm">Norm of the results.</param>
/// <param name="ResidualNorm">Norm of the residual stream after they were added.</param>
internal sealed record ResidualBranch(WeightMatrix Matrix, View1<float> Bias, NormWeights? Norm, NormWeights? ResidualNorm)
{
    /// <summary>Whether there is nothing but the projection, so that it may add its results itself.</summary>
    public bool IsPlain { get; } = Bias.Memory is null && Norm is null && ResidualNorm is null;
}

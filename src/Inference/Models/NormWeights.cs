namespace KernelFoundry.Inference.Models;

/// <summary>Gain and, where the architecture has one, offset of a norm.</summary>
/// <param name="Weight">[embedding].</param>
/// <param name="Bias">[embedding]; empty for RMS norms.</param>
internal sealed record NormWeights(View1<float> Weight, View1<float> Bias);

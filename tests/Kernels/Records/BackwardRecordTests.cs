using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class BackwardRecordTests
{
    [Theory]
    [KernelData(typeof(Linear), nameof(Linear.MatMulBackwardX))]
    [KernelData(typeof(Linear), nameof(Linear.MatMulBackwardW))]
    public void OfLinearLayers(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Normalization), nameof(Normalization.RmsNormBackward))]
    [KernelData(typeof(Normalization), nameof(Normalization.LayerNormBackward))]
    [KernelData(typeof(Reduction), nameof(Reduction.SumRows))]
    public void OfNormalization(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Positions), nameof(Positions.RopeHalfSplitBackward))]
    [KernelData(typeof(Positions), nameof(Positions.RopeInterleavedBackward))]
    public void OfPositions(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Activation), nameof(Activation.GatedLinearUnitBackward))]
    [KernelData(typeof(Elementwise), nameof(Elementwise.ResidualAddBackward))]
    public void OfActivations(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Probabilities), nameof(Probabilities.SoftmaxBackward))]
    [KernelData(typeof(Probabilities), nameof(Probabilities.LogSoftmaxBackward))]
    public void OfProbabilities(KernelTest test) => KernelRunner.Run(test);

    [Theory]
    [KernelData(typeof(Embedding), nameof(Embedding.EmbeddingBackward))]
    public void OfEmbedding(KernelTest test) => KernelRunner.Run(test);
}

using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>Launches the kernels for weights of one element type: on activations rounded to 8 bits where there are panels, on floats otherwise.</summary>
internal sealed class WeightMatrix<TWeight>(View2<TWeight> weights, Panels<TWeight>? panels) : WeightMatrix(weights.Extent0, weights.Extent1)
    where TWeight : unmanaged
{
    public override DeviceMemory? Packed => panels?.Memory;

    public override void Embed(Device device, View1<int> tokens, View2<float> y, float scale) =>
        Embedding.EmbeddingLookup(device, tokens, weights, y, scale);

    public override void Project(Device device, View2<float> x, View2<float> y) => Multiply(device, x, y, default(NoEpilogue));

    public override void ProjectAndAdd(Device device, View2<float> x, View2<float> residual) =>
        Multiply(device, x, residual, new ResidualEpilogue(residual));

    public override void ProjectAndGate(Device device, View2<float> x, View2<float> gate) =>
        Multiply(device, x, gate, new SiluGateEpilogue(gate));

    // One token is bound by reading the weights; more share each weight read.
    private void Multiply<TEpilogue>(Device device, View2<float> x, View2<float> y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        switch (x.Extent0 == 1, panels)
        {
            case (true, { } packed):
                Linear.MatVecInt8(device, packed, x, y, epilogue);
                break;
            case (true, null):
                Linear.MatVec(device, weights, x, y, epilogue);
                break;
            case (false, { } packed):
                Linear.MatMulInt8(device, packed, x, y, epilogue);
                break;
            default:
                Linear.MatMul(device, weights, x, y, epilogue);
                break;
        }
    }
}

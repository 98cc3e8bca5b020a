using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>Launches the kernels for weights of one element type: on activations rounded to 8 bits where there are panels, on floats otherwise.</summary>
/// <param name="embeddings">The rows as the file has them, to be looked up; empty where they are not.</param>
/// <param name="weights">The rows to multiply, unless there are panels.</param>
/// <param name="panels">The rows in panels.</param>
/// <param name="rows">How many.</param>
/// <param name="columns">Their length.</param>
internal sealed class WeightMatrix<TWeight>(View2<TWeight> embeddings, View2<TWeight> weights, Panels<TWeight>? panels, int rows, int columns) : WeightMatrix(rows, columns)
    where TWeight : unmanaged
{
    // Formats whose sums of a row alone and of rows together run over the blocks in one order, without offsets, as tests hold them to; and no further than
    // one block of columns of the kernel for one token.
    private static readonly bool s_hasOneOrder = typeof(TWeight) == typeof(Q8_0) || typeof(TWeight) == typeof(Q4_0);
    private const int LongestInOneOrder = 16384;

    public override bool Fuses => panels is not null && TakesOne;

    private bool TakesOne => !ProductOrder.IsFixed || (s_hasOneOrder && panels is not null && Columns <= LongestInOneOrder);

    public override WeightMatrix Slice(int first, int count) => panels is { } packed
        ? new WeightMatrix<TWeight>(default, default, packed.Slice(first, count), count, Columns)
        : new WeightMatrix<TWeight>(default, weights.Slice(0, first, count), null, count, Columns);

    public override void Embed(Device device, View1<int> tokens, View2<float> y, float scale) =>
        Embedding.EmbeddingLookup(device, tokens, embeddings, y, scale);

    public override void Project(Device device, View2<float> x, View2<float> y)
    {
        if (IsOne(x, out Panels<TWeight> packed))
            Linear.MatVecInt8(device, packed, x, y, default(NoFusion));
        else
            Multiply(device, x, y, default(NoEpilogue));
    }

    public override void ProjectNormed(Device device, View2<float> x, View1<float> norm, float epsilon, View2<float> y) =>
        Linear.MatVecInt8(device, panels!.Value, x, y, new NormInput(norm, epsilon));

    public override void ProjectGatedAndAdd(Device device, View2<float> gate, View2<float> up, View2<float> residual) =>
        Linear.MatVecInt8(device, panels!.Value, gate, residual, new GateInputAddResidual(up, residual));

    public override void ProjectAndAdd(Device device, View2<float> x, View2<float> residual)
    {
        if (IsOne(x, out Panels<TWeight> packed))
            Linear.MatVecInt8(device, packed, x, residual, new AddResidual(residual));
        else
            Multiply(device, x, residual, new ResidualEpilogue(residual));
    }

    public override void ProjectAndGate(Device device, View2<float> x, View2<float> gate) =>
        Multiply(device, x, gate, new SiluGateEpilogue(gate));

    // One token is bound by reading the weights; more share each weight read.
    private bool IsOne(View2<float> x, out Panels<TWeight> packed)
    {
        packed = panels.GetValueOrDefault();
        return x.Extent0 == 1 && panels is not null && TakesOne;
    }

    private void Multiply<TEpilogue>(Device device, View2<float> x, View2<float> y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        if (panels is { } packed)
            Linear.MatMulInt8(device, packed, x, y, epilogue);
        else if (x.Extent0 == 1 && TakesOne)
            Linear.MatVec(device, weights, x, y, epilogue);
        else
            Linear.MatMul(device, weights, x, y, epilogue);
    }
}

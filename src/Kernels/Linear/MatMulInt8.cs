using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Many tokens at a time, in integers.</content>
public static partial class Linear
{
    /// <summary>
    /// A linear layer of quantized weights over blocks of tokens, on activations rounded to 8 bits: what <see cref="MatMul"/> is beside
    /// <see cref="MatVec"/>, this is beside <see cref="MatVecInt8"/>. A NaN or an infinity in x makes every result of its token NaN.
    /// <paramref name="y"/> must not be <paramref name="x"/>.
    /// </summary>
    /// <param name="w">Weights in panels, [rows, cols].</param>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    /// <param name="epilogue">What becomes of the results before they are stored.</param>
    /// <param name="blockTokens">Tokens a program.</param>
    /// <param name="blockRows">Weight rows a program.</param>
    /// <param name="blockCols">Columns taken at a time; a multiple of every format's block size.</param>
    /// <typeparam name="TWeight">Quantization format of the weights.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    [Kernel(CudaWorkGroup = 128)]
    [Axis("tokens", 1, 7, 9, 33)]
    [Axis("rows", 1, 7, 31, 33, 127)]
    [Axis("cols", 32, 64, 96, 288, 512, 544)]
    [Reference(nameof(MatMulInt8Reference))]
    [Tolerance(typeof(float), Accuracy)]
    public static void MatMulInt8<[Elements(typeof(Q8_0), typeof(Q4_0), typeof(Q4_1), typeof(Q5_0), typeof(Q5_1), typeof(Q2_K), typeof(Q3_K), typeof(Q4_K),
        typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS), typeof(MXFP4))] TWeight,
        [Functors(typeof(NoEpilogue), typeof(ResidualEpilogue), typeof(SiluGateEpilogue))] TEpilogue>(
        [Shape("rows", "cols")] Panels<TWeight> w,
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("tokens", "rows")] View2<float> y,
        TEpilogue epilogue,
        [Schedule(Cpu = 128, OpenCl = 8, Cuda = 32, CpuChoices = [32, 64, 128, 256, 512])] int blockTokens,
        [Schedule(Cpu = 384, OpenCl = 8, Cuda = 64, CpuChoices = [96, 192, 256, 384, 512])] int blockRows,
        [Schedule(Cpu = 256, OpenCl = 256)] int blockCols)
        where TWeight : unmanaged
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        var rows = ProgramRange(0, w.Extent0, blockRows);
        var tokens = ProgramRange(1, x.Extent0, blockTokens);
        var sums = Zeros(tokens, rows);
        for (int k0 = 0; k0 < w.Extent1; k0 += blockCols)
        {
            var k = Range(k0, blockCols, w.Extent1);
            sums = Dot(FakeQuantize(x.Load(tokens, k), w.BlockSize), Transpose(w.Load(rows, k)), sums);
        }

        y.Store(tokens, rows, TEpilogue.Apply(epilogue, sums, Col(tokens), Row(rows)));
    }

    private static void MatMulInt8Reference(KernelCase c) => RoundedReference(c, c.Values("x"), ((IEpilogueReference)c.Functor("epilogue")).Reference);
}

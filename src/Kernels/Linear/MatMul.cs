using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Many tokens at a time: every weight read serves a block of them.</content>
public static partial class Linear
{
    /// <summary>
    /// A linear layer over blocks of tokens: y[t, r] = epilogue(sum over k of x[t, k] w[r, k]). Made for prefill. NaN in a row of either
    /// operand makes their products NaN. <paramref name="y"/> must not be <paramref name="x"/>.
    /// </summary>
    /// <param name="w">Weights, [rows, cols].</param>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    /// <param name="epilogue">What becomes of the results before they are stored.</param>
    /// <param name="blockTokens">Tokens a program.</param>
    /// <param name="blockRows">Weight rows a program.</param>
    /// <param name="blockCols">Columns taken at a time.</param>
    /// <typeparam name="TWeight">Element type of the weights.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    [Kernel(CudaWorkGroup = 128)]
    [Axis("tokens", 1, 7, 8, 9, 33)]
    [Axis("rows", 1, 7, 9, 31, 33, 127)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(MatMulReference))]
    [Tolerance(typeof(float), Accuracy)]
    [RoundedProducts(typeof(Half), 1e-3)]
    [RoundedProducts(typeof(BFloat16), 6e-3)]
    public static void MatMul<[Elements(typeof(float), typeof(Half), typeof(BFloat16), typeof(Q8_0), typeof(Q4_0), typeof(Q4_1),
        typeof(Q5_0), typeof(Q5_1), typeof(Q2_K), typeof(Q3_K), typeof(Q4_K), typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS),
        typeof(MXFP4))] TWeight, TEpilogue>(
        [Shape("rows", "cols")] View2<TWeight> w,
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("tokens", "rows")] View2<float> y,
        TEpilogue epilogue,
        [Schedule(Cpu = 256, OpenCl = 8, Cuda = 32, CudaMatrices = 128, CpuChoices = [64, 128, 256, 512])] int blockTokens,
        [Schedule(Cpu = 64, OpenCl = 16, Cuda = 64, CudaMatrices = 128, CudaWarpgroups = 256, CpuChoices = [32, 64, 128, 256])] int blockRows,
        [Schedule(Cpu = 256, OpenCl = 32, Cuda = 256)] int blockCols)
        where TWeight : unmanaged
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        var rows = ProgramRange(0, w.Extent0, blockRows);
        var tokens = ProgramRange(1, x.Extent0, blockTokens);
        var sums = Zeros(tokens, rows);
        for (int k0 = 0; k0 < w.Extent1; k0 += blockCols)
        {
            var k = Range(k0, blockCols, w.Extent1);
            sums = Dot(x.Load(tokens, k), Transpose(w.Load(rows, k)), sums);
        }

        y.Store(tokens, rows, TEpilogue.Apply(epilogue, sums, Col(tokens), Row(rows)));
    }

    private static void MatMulReference(KernelCase c) => LinearReference(c, c.Values("x"));
}

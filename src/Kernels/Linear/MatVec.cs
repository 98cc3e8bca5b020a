using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Few tokens at a time: bound by reading the weights.</content>
public static partial class Linear
{
    /// <summary>
    /// A linear layer, token by token: y[t, r] = epilogue(sum over k of w[r, k] x[t, k]). Made for one token (decoding); every token reads
    /// all weights, so for more use <see cref="MatMul"/>. NaN in a row of either operand makes their products NaN. <paramref name="y"/>
    /// must not be
    /// <paramref name="x"/>.
    /// </summary>
    /// <param name="w">Weights, [rows, cols].</param>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    /// <param name="epilogue">What becomes of the results before they are stored.</param>
    /// <param name="block">Weight rows a program.</param>
    /// <typeparam name="TWeight">Element type of the weights.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    [Kernel(CudaWorkGroup = 128)]
    [Axis("tokens", 1, 2)]
    [Axis("rows", 1, 7, 9, 33, 127)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(MatVecReference))]
    [Tolerance(typeof(float), Accuracy)]
    public static void MatVec<[Elements(typeof(float), typeof(Half), typeof(BFloat16), typeof(Q8_0), typeof(Q4_0), typeof(Q4_1),
        typeof(Q5_0), typeof(Q5_1), typeof(Q2_K), typeof(Q3_K), typeof(Q4_K), typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS),
        typeof(MXFP4))] TWeight, TEpilogue>(
        [Shape("rows", "cols")] View2<TWeight> w,
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("tokens", "rows")] View2<float> y,
        TEpilogue epilogue,
        [Schedule(Cpu = 16, OpenCl = 4, CpuChoices = [16, 32, 64, 128, 256])] int block)
        where TWeight : unmanaged
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        int token = ProgramId(1, x.Extent0);
        var rows = ProgramRange(0, w.Extent0, block);
        var k = Range(0, w.Extent1);
        var sums = Dot(w.Load(rows, k), x.Load(token, k));
        y.Store(Range(token, 1), rows, TEpilogue.Apply(epilogue, Row(sums), Col(Range(token, 1)), Row(rows)));
    }

    private static void MatVecReference(KernelCase c) => LinearReference(c, c.Values("x"));
}

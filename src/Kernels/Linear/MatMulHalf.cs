using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Many tokens at a time, in halves.</content>
public static partial class Linear
{
    /// <summary>
    /// A linear layer over blocks of tokens whose activations are halves as the weights are: what <see cref="MatMul"/> gives for the same numbers, with products that are exact and
    /// sums in float. Made for GPUs, which multiply matrices of halves many times faster than of floats; rounding the activations, to 11 bits or to 8, is what whoever stores
    /// them so decides (<see cref="Elementwise.Copy"/> does). On GPUs
    /// each sum of eight products and what was there before is cut, not rounded to nearest (Fasi et al., "Numerical behavior of NVIDIA tensor cores", 2021): for 4096 columns an error of up to
    /// 1e-5 of a result's magnitude, which the tolerance allows for, and in proportion for more. NaN in a row of
    /// either operand makes their products NaN. <paramref name="y"/> must not be <paramref name="x"/>.
    /// </summary>
    /// <param name="w">Weights, [rows, cols].</param>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    /// <param name="epilogue">What becomes of the results before they are stored.</param>
    /// <param name="blockTokens">Tokens a program.</param>
    /// <param name="blockRows">Weight rows a program.</param>
    /// <param name="blockCols">Columns taken at a time.</param>
    /// <typeparam name="T">Element type of weights and activations.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    [Kernel(CudaWorkGroup = 128)]
    [Axis("tokens", 1, 7, 8, 9, 33, 65)]
    [Axis("rows", 1, 7, 9, 31, 33, 127)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(MatMulHalfReference))]
    [Tolerance(typeof(float), 2e-5)]
    public static void MatMulHalf<[Elements(typeof(Half), typeof(BFloat16))] T,
        [Functors(typeof(NoEpilogue), typeof(ResidualEpilogue), typeof(SiluGateEpilogue))] TEpilogue>(
        [Shape("rows", "cols")] View2<T> w,
        [Shape("tokens", "cols")] View2<T> x,
        [Shape("tokens", "rows")] View2<float> y,
        TEpilogue epilogue,
        [Schedule(Cpu = 256, OpenCl = 8, Cuda = 64, CudaMatrices = 128)] int blockTokens,
        [Schedule(Cpu = 64, OpenCl = 16, Cuda = 128, CudaWarpgroups = 256)] int blockRows,
        [Schedule(Cpu = 256, OpenCl = 32, Cuda = 4096)] int blockCols)
        where T : unmanaged
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

    private static void MatMulHalfReference(KernelCase c) => LinearReference(c, c.Values("x"));
}

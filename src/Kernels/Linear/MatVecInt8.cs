using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Few tokens at a time, in integers.</content>
public static partial class Linear
{
    /// <summary>
    /// A linear layer of quantized weights, token by token, on activations rounded to 8 bits: y[t, r] = epilogue(sum over k of w[r, k] q[t, k]) with
    /// q the <see cref="FakeQuantize"/>d x in groups of the weights' blocks. Where processors multiply bytes faster than floats
    /// it is faster than <see cref="MatVec"/>; rounding changes a result by about 0.4 % of its typical magnitude. A NaN or an infinity in x makes
    /// every result of its token NaN. <paramref name="y"/> must not be <paramref name="x"/>.
    /// </summary>
    /// <param name="w">Weights in panels, [rows, cols].</param>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    /// <param name="epilogue">What becomes of the results before they are stored.</param>
    /// <param name="block">Weight rows a program.</param>
    /// <param name="blockCols">Columns taken at a time; a multiple of every format's block size.</param>
    /// <typeparam name="TWeight">Quantization format of the weights.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    [Kernel(CudaWorkGroup = 256)]
    [Axis("tokens", 1, 2)]
    [Axis("rows", 1, 7, 9, 33, 127)]
    [Axis("cols", 32, 64, 96, 288, 4096, 16640)]
    [Reference(nameof(MatVecInt8Reference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void MatVecInt8<[Elements(typeof(Q8_0), typeof(Q4_0), typeof(Q4_1), typeof(Q5_0), typeof(Q5_1), typeof(Q2_K), typeof(Q3_K), typeof(Q4_K),
        typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS), typeof(MXFP4))] TWeight,
        [Functors(typeof(NoEpilogue), typeof(ResidualEpilogue), typeof(SiluGateEpilogue))] TEpilogue>(
        [Shape("rows", "cols")] Panels<TWeight> w,
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("tokens", "rows")] View2<float> y,
        TEpilogue epilogue,
        [Schedule(Cpu = 96, OpenCl = 16, CpuChoices = [32, 64, 96, 128, 192, 256, 384, 512])] int block,
        [Schedule(Cpu = 16384, OpenCl = 1024, Cuda = 4096)] int blockCols)
        where TWeight : unmanaged
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        int token = ProgramId(1, x.Extent0);
        var rows = ProgramRange(0, w.Extent0, block);
        var sums = Zeros(rows);
        for (int k0 = 0; k0 < w.Extent1; k0 += blockCols)
        {
            var k = Range(k0, blockCols, w.Extent1);
            sums = Dot(w.Load(rows, k), FakeQuantize(x.Load(token, k), w.BlockSize), sums);
        }

        y.Store(Range(token, 1), rows, TEpilogue.Apply(epilogue, Row(sums), Col(Range(token, 1)), Row(rows)));
    }

    private static void MatVecInt8Reference(KernelCase c)
    {
        double[] x = c.Values("x");
        int group = Element.Find(c.TypeArguments[0]).BlockSize, cols = c.Extent("x", 1);
        var rounded = new double[x.Length];
        for (int row = 0; row < x.Length; row += cols)
        {
            for (int start = row; start < row + cols; start += group)
            {
                int end = Math.Min(start + group, row + cols);
                double largest = x[start..end].Max(Math.Abs);
                for (int i = start; i < end; i++)
                    rounded[i] = largest == 0 ? 0 : Math.Round((float)x[i] * (127 / (float)largest)) * ((float)largest / 127);
            }
        }

        LinearReference(c, rounded);
    }
}

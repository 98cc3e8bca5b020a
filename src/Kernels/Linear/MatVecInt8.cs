using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Few tokens at a time, in integers.</content>
public static partial class Linear
{
    /// <summary>
    /// A linear layer of quantized weights, token by token, on activations rounded to 8 bits: y[t, r] = epilogue(sum over k of w[r, k] q[t, k]) with
    /// q the <see cref="FakeQuantize"/>d prologue(x) in groups of the weights' blocks. Where processors multiply bytes faster than floats
    /// it is faster than <see cref="MatVec"/>; rounding changes a result by about 0.4 % of its typical magnitude. A NaN or an infinity in x makes
    /// every result of its token NaN. <paramref name="y"/> must not be <paramref name="x"/>.
    /// </summary>
    /// <param name="w">Weights in panels, [rows, cols].</param>
    /// <param name="x">Activations, [tokens, cols].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    /// <param name="fusion">What becomes of x before it is multiplied, and of the results before they are stored.</param>
    /// <param name="block">Weight rows a program.</param>
    /// <param name="blockCols">Columns taken at a time; a multiple of every format's block size.</param>
    /// <typeparam name="TWeight">Quantization format of the weights.</typeparam>
    /// <typeparam name="TFusion">The prologue and the epilogue.</typeparam>
    [Kernel(CudaWorkGroup = 256)]
    [Axis("tokens", 1, 2)]
    [Axis("rows", 1, 7, 9, 33, 127)]
    [Axis("cols", 32, 64, 96, 288, 4096, 16640)]
    [Reference(nameof(MatVecInt8Reference))]
    [Tolerance(typeof(float), Accuracy)]
    public static void MatVecInt8<[Elements(typeof(Q8_0), typeof(Q4_0), typeof(Q4_1), typeof(Q5_0), typeof(Q5_1), typeof(Q2_K), typeof(Q3_K), typeof(Q4_K),
        typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS), typeof(MXFP4))] TWeight,
        TFusion>(
        [Shape("rows", "cols")] Panels<TWeight> w,
        [Shape("tokens", "cols")] View2<float> x,
        [Shape("tokens", "rows")] View2<float> y,
        TFusion fusion,
        [Schedule(Cpu = 96, OpenCl = 16, CpuChoices = [32, 64, 96, 128, 192, 256, 384, 512])] int block,
        [Schedule(Cpu = 16384, OpenCl = 1024, Cuda = 4096)] int blockCols)
        where TWeight : unmanaged
        where TFusion : struct, ILinearFusion<TFusion>
    {
        int token = ProgramId(1, x.Extent0);
        var rows = ProgramRange(0, w.Extent0, block);
        var all = x.Load(token, Range(0, x.Extent1));
        float meanSquare = Sum(all * all) / x.Extent1;
        var sums = Zeros(rows);
        for (int k0 = 0; k0 < w.Extent1; k0 += blockCols)
        {
            var k = Range(k0, blockCols, w.Extent1);
            var input = TFusion.Prologue(fusion, x.Load(token, k), token, k, meanSquare);
            sums = Dot(w.Load(rows, k), FakeQuantize(input, w.BlockSize), sums);
        }

        y.Store(Range(token, 1), rows, TFusion.Epilogue(fusion, Row(sums), Col(Range(token, 1)), Row(rows)));
    }

    private static void MatVecInt8Reference(KernelCase c)
    {
        var fusion = (ILinearFusionReference)c.Functor("fusion");
        double[] x = c.Values("x"), input = new double[x.Length];
        int cols = c.Extent("x", 1);
        for (int token = 0; token < x.Length / cols; token++)
        {
            Span<double> row = x.AsSpan(token * cols, cols);
            double meanSquare = 0;
            foreach (double value in row)
                meanSquare += value * value / cols;
            for (int k = 0; k < cols; k++)
                input[(token * cols) + k] = fusion.Prologue(row[k], token, k, meanSquare);
        }

        RoundedReference(c, input, fusion.Epilogue);
    }

    // What a prologue computes in float may be rounded to the other neighbour where it lies between two codes: by so much a result may be off.
    private static void RoundedReference(KernelCase c, double[] input, Func<double, int, int, double> epilogue)
    {
        const double Undecided = 2e-4;
        double[] given = c.Values("x");
        int group = Element.Find(c.TypeArguments[0]).BlockSize, cols = c.Extent("x", 1);
        double[] rounded = new double[input.Length], doubt = new double[input.Length];
        for (int row = 0; row < input.Length; row += cols)
        {
            for (int start = row; start < row + cols; start += group)
            {
                int end = Math.Min(start + group, row + cols);
                double largest = input[start..end].Max(Math.Abs);
                for (int i = start; i < end; i++)
                {
                    float code = (float)input[i] * (127 / (float)largest), step = (float)largest / 127;
                    rounded[i] = largest == 0 ? 0 : Math.Round((double)code) * step;
                    bool isUndecided = input[i] != given[i] && Math.Abs(Math.Abs(code - Math.Truncate(code)) - 0.5) < Undecided;
                    doubt[i] = isUndecided ? step : 0;
                }
            }
        }

        LinearReference(c, rounded, epilogue, doubt);
    }
}

using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Integer products of quantized weights and quantized activations.</content>
public static partial class Linear
{
    /// <summary>
    /// A linear layer of quantized weights on quantized activations, token by token: within a group of columns that share a scale, codes
    /// are multiplied and summed as integers, exactly; the groups' sums are scaled and added in float. With w = scale code + offset, a
    /// group gives scaleX (scaleW dot(codesW, codesX) + offsetW sum(codesX)) (Dettmers et al., "LLM.int8()", 2022, section 2). Quantize
    /// activations with <see cref="Quantization.QuantizeQ8"/>.
    /// </summary>
    /// <param name="w">Weights, [rows, cols].</param>
    /// <param name="codes">Codes of the activations, [tokens, cols].</param>
    /// <param name="scales">Scales of the activations, one a 32 columns, [tokens, at least cols / 32].</param>
    /// <param name="y">Output, [tokens, rows].</param>
    /// <param name="epilogue">What becomes of the results before they are stored.</param>
    /// <param name="group">
    /// Columns that share scale and offset in both operands: the smaller of 32 and the format's <see cref="Element{T}.GroupSize"/>;
    /// divides both.
    /// </param>
    /// <param name="block">Weight rows a program.</param>
    /// <typeparam name="TWeight">Quantization format of the weights.</typeparam>
    /// <typeparam name="TEpilogue">The epilogue.</typeparam>
    [Kernel]
    [Axis("tokens", 1, 2)]
    [Axis("rows", 1, 7, 9, 33, 127)]
    [Axis("cols", 32, 64, 96, 288, 4096)]
    [Axis("groups", 129)]
    [Axis("group", 32, 16, 8)]
    [Reference(nameof(MatVecQ8Reference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void MatVecQ8<
        [Elements(typeof(Q8_0), typeof(Q4_0))] TWeight, [Functors(typeof(NoEpilogue), typeof(BiasEpilogue))] TEpilogue>(
        [Shape("rows", "cols")] View2<TWeight> w,
        [Shape("tokens", "cols")] View2<sbyte> codes,
        [Shape("tokens", "groups")] View2<float> scales,
        [Shape("tokens", "rows")] View2<float> y,
        TEpilogue epilogue,
        [Value("group")] [Specialize(32)] int group,
        [Schedule(Cpu = 16, OpenCl = 4)] int block)
        where TWeight : unmanaged
        where TEpilogue : struct, IEpilogue<TEpilogue>
    {
        int token = ProgramId(1, codes.Extent0);
        var rows = ProgramRange(0, w.Extent0, block);
        var sums = Zeros(rows);
        for (int k = 0; k < w.Extent1; k += group)
        {
            var columns = Range(k, group, w.Extent1);
            var code = codes.LoadCode(token, columns);
            var product = Dot(w.LoadCode(rows, columns), code).ToFloat();
            var value = (w.LoadScale(rows, k) * product) + (w.LoadOffset(rows, k) * Sum(code.ToInt()));
            sums += value * scales.Load(token, k / Quantization.GroupSize);
        }

        y.Store(Range(token, 1), rows, TEpilogue.Apply(epilogue, Row(sums), Col(Range(token, 1)), Row(rows)));
    }

    private static void MatVecQ8Reference(KernelCase c)
    {
        double[] codes = c.Values("codes"), scales = c.Values("scales");
        int cols = c.Extent("codes", 1), groups = c.Extent("scales", 1);
        var x = new double[codes.Length];
        for (int i = 0; i < x.Length; i++)
            x[i] = codes[i] * scales[(i / cols * groups) + (i % cols / Quantization.GroupSize)];
        LinearReference(c, x);
    }
}

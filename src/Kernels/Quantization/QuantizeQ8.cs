using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Eight-bit activations.</content>
public static partial class Quantization
{
    /// <summary>
    /// Quantizes activations to 8 bits in groups of 32: scale = largest magnitude / 127, code = x / scale rounded to nearest (Dettmers et
    /// al., "LLM.int8()", 2022, equation 1, group by group). A group of zeros gets scale 0. A NaN gets code 0.
    /// </summary>
    /// <param name="x">Activations, [rows, cols].</param>
    /// <param name="codes">Codes -127 to 127, [rows, cols].</param>
    /// <param name="scales">Scales, [rows, at least cols / 32 rounded up]; what is beyond stays as it is.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Axis("groups", 129)]
    [Reference(nameof(QuantizeQ8Reference))]
    [Tolerance(typeof(float), 2e-7)]
    [Tolerance(typeof(sbyte), 5e-3)]
    public static void QuantizeQ8(
        [Shape("rows", "cols")] View2<float> x, [Shape("rows", "cols")] View2<sbyte> codes, [Shape("rows", "groups")] View2<float> scales)
    {
        int row = ProgramId(0, x.Extent0);
        for (int start = 0; start < x.Extent1; start += GroupSize)
        {
            var columns = Range(start, GroupSize, x.Extent1);
            var v = x.Load(row, columns);
            float scale = Max(Max(Abs(v)) / 127f, 0f);
            float inverse = scale > 0 ? 1f / scale : 0f;
            codes.StoreInt(row, columns, Round(v * inverse).ToInt());
            scales.Store(row, start / GroupSize, scale);
        }
    }

    private static void QuantizeQ8Reference(KernelCase c)
    {
        double[] x = c.Values("x"), codes = c.Output("codes"), scales = c.Output("scales");
        int rows = c.Extent("x", 0), cols = c.Extent("x", 1), groups = c.Extent("scales", 1);
        for (int r = 0; r < rows; r++)
        {
            for (int start = 0; start < cols; start += GroupSize)
            {
                int end = Math.Min(start + GroupSize, cols);
                double largest = 0;
                for (int i = start; i < end; i++)
                    largest = Math.Max(largest, Math.Abs(x[(r * cols) + i]));
                scales[(r * groups) + (start / GroupSize)] = largest / 127;
                for (int i = start; i < end; i++)
                    codes[(r * cols) + i] = largest == 0 ? 0 : Math.Round(x[(r * cols) + i] / largest * 127);
            }
        }
    }
}

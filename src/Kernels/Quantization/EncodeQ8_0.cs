using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>Activations as blocks of quantization formats: how keys and values enter a quantized cache.</summary>
public static partial class Quantization
{
    private const int BlockSize = 32;
    private const int BlockBytes = 34;
    private const int BlockHalves = BlockBytes / 2;
    private const float LargestHalf = 65504f;

    /// <summary>
    /// Quantizes rows to <see cref="Q8_0"/>, bit for bit as <see cref="Q8_0.Encode(ReadOnlySpan{float}, Span{byte})"/> does it on the host:
    /// a block's scale is its largest magnitude / 127, codes are rounded half away from zero. A NaN or an infinity makes its block NaN.
    /// </summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols]; cols is a multiple of 32.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <exception cref="DeviceException">The kernel failed.</exception>
    public static void EncodeQ8_0(Device device, View2<float> x, View2<Q8_0> y)
    {
        if (x.Extent0 != y.Extent0 || x.Extent1 != y.Extent1)
            throw new ArgumentException($"{x} cannot be quantized into {y}: the shapes differ.", nameof(y));
        EncodeQ8_0Bytes(device, x, y.Reinterpret<sbyte>(), y.Reinterpret<Half>());
    }

    /// <summary>
    /// <see cref="EncodeQ8_0"/> with the blocks' bytes as two views of one memory: block b of a row has its scale at half 17 b and its codes from byte
    /// 34 b + 2 on. Of a last block that is not whole, as many codes are written as there are columns.
    /// </summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="codes">The blocks as signed bytes, [rows, at least 34 (cols / 32 rounded up)]; what is no code stays as it is.</param>
    /// <param name="scales">The blocks as halves, [rows, at least 17 (cols / 32 rounded up)]; what is no scale stays as it is.</param>
    /// <param name="span">Columns a program; a multiple of 32.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 31, 32, 33, 64, 127, 256, 4095)]
    [Axis("bytes", 4352)]
    [Axis("halves", 2176)]
    [Reference(nameof(EncodeQ8_0BytesReference))]
    [Tolerance(typeof(sbyte), 5e-3)]
    [Tolerance(typeof(Half), 6e-4)]
    public static void EncodeQ8_0Bytes(
        [Shape("rows", "cols")] View2<float> x,
        [Shape("rows", "bytes")] View2<sbyte> codes,
        [Shape("rows", "halves")] View2<Half> scales,
        [Schedule(Cpu = 1024, OpenCl = 128)] int span)
    {
        int row = ProgramId(1, x.Extent0);
        int first = ProgramId(0, CeilDiv(x.Extent1, span)) * span;
        int end = Min(first + span, x.Extent1);
        for (int start = first; start < end; start += BlockSize)
        {
            int block = start / BlockSize;
            var columns = Range(start, BlockSize, end);
            var v = x.Load(row, columns);
            float scale = Max(Max(Abs(v)) / 127f, 0f);
            var scaled = v * (scale > 0 ? 1f / scale : 0f);
            var whole = Floor(Abs(scaled));
            var rounded = whole + Where(Abs(scaled) - whole >= 0.5f, 1f, 0f);
            codes.StoreInt(row, columns + ((block * BlockBytes) + 2 - start), Where(scaled < 0f, -rounded, rounded).ToInt());

            // x - x is NaN where x is NaN or infinite, and otherwise 0.
            scales.Store(row, block * BlockHalves, Min(scale, LargestHalf) + Sum(v - v));
        }
    }

    private static void EncodeQ8_0BytesReference(KernelCase c)
    {
        double[] x = c.Values("x"), codes = c.Output("codes"), scales = c.Output("scales");
        int rows = c.Extent("x", 0), cols = c.Extent("x", 1), bytes = c.Extent("codes", 1), halves = c.Extent("scales", 1);
        for (int r = 0; r < rows; r++)
        {
            for (int start = 0; start < cols; start += BlockSize)
            {
                ReadOnlySpan<double> block = x.AsSpan((r * cols) + start, Math.Min(BlockSize, cols - start));
                double largest = 0;
                foreach (double value in block)
                    largest = Math.Max(largest, Math.Abs(value));
                scales[(r * halves) + (start / BlockSize * BlockHalves)] = largest / 127;
                for (int i = 0; i < block.Length; i++)
                {
                    codes[(r * bytes) + (start / BlockSize * BlockBytes) + 2 + i] =
                        largest == 0 ? 0 : Math.Round(block[i] / largest * 127, MidpointRounding.AwayFromZero);
                }
            }
        }
    }
}

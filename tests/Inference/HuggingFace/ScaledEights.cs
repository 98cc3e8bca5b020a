using KernelFoundry.Inference.Tests.Architectures;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>
/// Matrices in eight-bit floats (sign, four bits of exponent with bias 7, three of mantissa) with a scale a block, written from the format's paper and DeepSeek's description. Numbers are
/// put on the grid of one power of two a tensor first; blocks then have finer ones, in which those numbers are codes too, however a tensor is cut.
/// </summary>
internal static class ScaledEights
{
    // So small that tiny matrices have several, and some that are not whole.
    public const int BlockRows = 24, BlockColumns = 40;

    public static bool Has(string name, long[] shape) => shape.Length == 2 && name.Contains("layers.", StringComparison.Ordinal) && !name.Contains("mlp.gate.", StringComparison.Ordinal)
        && !name.EndsWith("moe.gate.weight", StringComparison.Ordinal);

    public static long[] ScaleShape(long[] shape) => [(shape[0] + BlockRows - 1) / BlockRows, (shape[1] + BlockColumns - 1) / BlockColumns];

    /// <summary>Puts a model's matrices on the grid of their blocks, as they lie in the folder: those that are joined there, joined.</summary>
    public static void Round(DrawnModel drawn)
    {
        foreach (var (name, (values, dimensions)) in drawn.Tensors.ToArray())
        {
            if (!name.StartsWith("blk.", StringComparison.Ordinal) || !name.EndsWith(".weight", StringComparison.Ordinal) || dimensions.Length < 2 || name.Contains("gate_inp", StringComparison.Ordinal))
                continue;
            float scale = ScaleOf(values);
            drawn.Tensors[name] = ([.. values.Select(value => Value(Nearest(value / scale), scale))], dimensions);
        }
    }

    /// <summary>Codes [rows, columns], and scales of blocks.</summary>
    public static (byte[] Codes, float[] Scales) Encode(float[] values, long[] shape)
    {
        int rows = (int)shape[0], columns = (int)shape[1], across = (int)ScaleShape(shape)[1];
        var codes = new byte[values.Length];
        var scales = new float[ScaleShape(shape)[0] * across];
        for (int block = 0; block < scales.Length; block++)
        {
            int row0 = block / across * BlockRows, column0 = block % across * BlockColumns;
            var places = (from row in Enumerable.Range(row0, Math.Min(BlockRows, rows - row0)) from column in Enumerable.Range(column0, Math.Min(BlockColumns, columns - column0)) select (row * columns) + column).ToArray();
            scales[block] = ScaleOf(places.Select(place => values[place]));
            foreach (int place in places)
                codes[place] = (byte)Nearest(values[place] / scales[block]);
        }

        return (codes, scales);
    }

    /// <summary>What a code and a scale are, to sixteen bits.</summary>
    public static float Value(int code, float scale) => Sixteen(Number(code) * scale);

    /// <summary>The number of a code.</summary>
    public static float Number(int code)
    {
        int exponent = (code >> 3) & 15;
        double magnitude = exponent == 0 ? (code & 7) * Math.Pow(2, -9) : (8 + (code & 7)) * Math.Pow(2, exponent - 10);
        return (float)(code >= 128 ? -magnitude : magnitude);
    }

    // The largest number is 448.
    private static float ScaleOf(IEnumerable<float> values) => (float)Math.Pow(2, Math.Ceiling(Math.Log2(Math.Max(1e-9, values.Max(Math.Abs)) / 448)));

    private static int Nearest(float value) => Enumerable.Range(0, 256).Where(code => (code & 127) != 127).MinBy(code => Math.Abs(Number(code) - value));

    // The upper half of a float's bits, to even.
    private static float Sixteen(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}

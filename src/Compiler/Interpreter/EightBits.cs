using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>What rounding to eight bits means: <see cref="OpCode.FakeQuantize"/>, and its statements in code form.</summary>
internal static class EightBits
{
    /// <summary>Groups whose largest magnitude is below it become zeros: 127 / magnitude would overflow for the smallest.</summary>
    public const float Least = 7.8886090522101181e-31f;

    /// <summary>A tile rounded along its last axis.</summary>
    public static TileValue Round(TileValue tile, int group)
    {
        var elements = (Number[])tile.Elements.Clone();
        for (int row = 0; row < elements.Length; row += tile.Columns)
            Round(tile.Columns, group, i => tile.Elements[row + i].F32, (i, value) => elements[row + i] = Number.Of(value));
        return new TileValue(tile.Extents, elements);
    }

    /// <summary>A row of a buffer.</summary>
    public static Action<WorkItem> Round(RoundRow statement, ExpressionCompiler expressions, Accessor who)
    {
        (LocalMemory source, LocalMemory target) = (expressions.Buffer(statement.Source), expressions.Buffer(statement.Target));
        ScalarCode first = expressions.Scalar(statement.First), length = expressions.Scalar(statement.Length), group = expressions.Scalar(statement.Group);
        return item =>
        {
            (int from, int size) = (first(item).I32, group(item).I32);
            if (size <= 0)
                throw who.Fault(FaultKind.NegativeExtent, $"groups of {IrText.Int(size)} elements");
            Round(length(item).I32, size, i => source.Read(from + i).F32, (i, value) => target.Write(from + i, Number.Of(value)));
        };
    }

    /// <summary>A row as codes, scales and sums.</summary>
    public static Action<WorkItem> Quantize(QuantizeRow statement, ExpressionCompiler expressions)
    {
        LocalMemory source = expressions.Buffer(statement.Source), codes = expressions.Buffer(statement.Codes), scales = expressions.Buffer(statement.Scales);
        LocalMemory? sums = statement.Sums is { } buffer ? expressions.Buffer(buffer) : null;
        ScalarCode length = expressions.Scalar(statement.Length);
        return item =>
        {
            int size = length(item).I32, padded = (size + ByteTree.Lanes - 1) / ByteTree.Lanes * ByteTree.Lanes;
            for (int at = 0; at < padded; at += QuantizedRow.Packed)
            {
                int start = at / statement.Group * statement.Group;
                (float inverse, float scale) = at < size ? Scale(start, Math.Min(start + statement.Group, size), i => source.Read(i).F32) : (0, 0);
                int packed = 0, sum = 0;
                for (int t = 0; t < QuantizedRow.Packed; t++)
                {
                    int code = at + t < size && inverse != 0 ? (int)Code(source.Read(at + t).F32, inverse) : 0;
                    packed |= (code & 255) << (8 * t);
                    sum += code;
                }

                codes.Write(at / QuantizedRow.Packed, Number.Of(packed));
                scales.Write(at / QuantizedRow.Packed, Number.Of(scale));
                sums?.Write(at / QuantizedRow.Packed, statement.Sums!.Type == DType.F32 ? Number.Of(scale * sum) : Number.Of(-statement.Bias * sum));
            }
        };
    }

    private static void Round(int length, int group, Func<int, float> read, Action<int, float> write)
    {
        for (int start = 0; start < length; start += group)
        {
            int end = Math.Min(start + group, length);
            (float inverse, float scale) = Scale(start, end, read);
            for (int i = start; i < end; i++)
                write(i, Code(read(i), inverse) * scale);
        }
    }

    private static float Code(float value, float inverse) => (float)Math.Round((double)(value * inverse));

    // 127 / largest and largest / 127; none and NaN where the group is not finite.
    private static (float Inverse, float Scale) Scale(int start, int end, Func<int, float> read)
    {
        float largest = 0;
        for (int i = start; i < end; i++)
        {
            float magnitude = Math.Abs(read(i));
            if (float.IsNaN(magnitude) || float.IsInfinity(magnitude))
                return (0, float.NaN);
            largest = Math.Max(largest, magnitude);
        }

        return largest < Least ? (0, 0) : (127 / largest, largest / 127);
    }
}

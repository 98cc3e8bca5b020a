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

    /// <summary>Rows as codes, scales and sums.</summary>
    public static Action<WorkItem> Quantize(QuantizeRows statement, ExpressionCompiler expressions, Func<WorkItem, Func<int, int, Number>> source)
    {
        Func<WorkItem, Rows> codes = Of(statement.Codes, expressions), scales = Of(statement.Scales, expressions);
        Func<WorkItem, Rows>? sums = statement.Sums is { } buffer ? Of(buffer, statement.Scales, expressions) : null;
        ScalarCode count = expressions.Scalar(statement.Rows), length = expressions.Scalar(statement.Length);
        return item =>
        {
            Func<int, int, Number> from = source(item);
            (Rows to, Rows factors, Rows? totals) = (codes(item), scales(item), sums?.Invoke(item));
            int rows = count(item).I32, size = length(item).I32, padded = (size + ByteTree.Lanes - 1) / ByteTree.Lanes * ByteTree.Lanes;
            for (int row = 0; row < rows; row++)
            {
                for (int at = 0; at < padded; at += statement.Run)
                {
                    int start = at / statement.Group * statement.Group;
                    (float inverse, float scale) = at < size ? Scale(start, Math.Min(start + statement.Group, size), i => from(row, i).F32) : (0, 0);
                    int sum = 0;
                    for (int four = at; four < at + statement.Run; four += QuantizedRow.Packed)
                    {
                        int packed = 0;
                        for (int t = 0; t < QuantizedRow.Packed; t++)
                        {
                            int code = four + t < size && inverse != 0 ? (int)Code(from(row, four + t).F32, inverse) : 0;
                            packed |= (code & 255) << (8 * t);
                            sum += code;
                        }

                        to.Write(row, four / QuantizedRow.Packed, Number.Of(packed));
                    }

                    factors.Write(row, at / statement.Run, Number.Of(scale));
                    totals?.Write(row, at / statement.Run, statement.Sums!.Type == DType.F32 ? Number.Of(scale * sum) : Number.Of(-statement.Bias * sum));
                }
            }
        };
    }

    /// <summary>A product of matrices of bytes.</summary>
    public static Action<WorkItem> Contract(ContractBytes statement, ExpressionCompiler expressions)
    {
        Func<WorkItem, Rows> a = Of(statement.A, expressions), scalesA = Of(statement.ScalesA, expressions);
        Func<WorkItem, Rows> b = Of(statement.B, expressions), scalesB = Of(statement.ScalesB, expressions), target = Of(statement.Target, expressions);
        Func<WorkItem, Rows>? sums = statement.Sums is { } buffer ? Of(buffer, statement.ScalesA, expressions) : null;
        ScalarCode rows = expressions.Scalar(statement.M), columns = expressions.Scalar(statement.N), runs = expressions.Scalar(statement.Runs);
        Func<Number, Number, Number, Number> multiplyAdd = ScalarMath.Bind(OpCode.Fma, null);
        return item =>
        {
            (Rows left, Rows leftScales, Rows right, Rows rightScales, Rows result) = (a(item), scalesA(item), b(item), scalesB(item), target(item));
            Rows? totals = sums?.Invoke(item);
            (int m, int n, int count) = (rows(item).I32, columns(item).I32, runs(item).I32);
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    Number total = statement.Accumulates ? result.Read(row, column) : Number.Of(0f);
                    for (int run = 0; run < count; run++)
                    {
                        int sum = totals?.Read(row, run).I32 ?? 0;
                        for (int k = run * statement.Run / QuantizedRow.Packed; k < (run + 1) * statement.Run / QuantizedRow.Packed; k++)
                        {
                            (int x, int w) = (left.Read(row, k).I32, right.Read(k, column).I32);
                            for (int t = 0; t < QuantizedRow.Packed; t++)
                                sum += (sbyte)(x >> (8 * t)) * (byte)(w >> (8 * t));
                        }

                        float scale = rightScales.Read(run, column).F32 * leftScales.Read(row, run).F32;
                        total = multiplyAdd(Number.Of((float)sum), Number.Of(scale), total);
                    }

                    result.Write(row, column, total);
                }
            }
        };
    }

    private static Func<WorkItem, Rows> Of(BufferMatrix matrix, ExpressionCompiler expressions) => Of(matrix.Buffer, matrix, expressions);

    // A buffer that is laid out as a matrix.
    private static Func<WorkItem, Rows> Of(LocalBuffer held, BufferMatrix matrix, ExpressionCompiler expressions)
    {
        (LocalMemory buffer, ScalarCode stride, ScalarCode first) =
            (expressions.Buffer(held), expressions.Scalar(matrix.RowStride), expressions.Scalar(matrix.First ?? Expressions.Int(0)));
        return item => new Rows(buffer, first(item).I32, stride(item).I32);
    }

    private readonly record struct Rows(LocalMemory Buffer, int First, int Stride)
    {
        public Number Read(int row, int column) => Buffer.Read(First + (row * Stride) + column);

        public void Write(int row, int column, Number value) => Buffer.Write(First + (row * Stride) + column, value);
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

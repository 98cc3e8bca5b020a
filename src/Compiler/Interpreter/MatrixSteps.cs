using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>What the statements over matrices mean, element by element.</summary>
internal sealed class MatrixSteps(ExpressionCompiler expressions, MemoryTracker memory, Accessor who)
{
    private static readonly Func<Number, Number, Number, Number> MultiplyAdd = ScalarMath.Bind(OpCode.Fma, null);
    private static readonly Func<Number, Number, Number, Number> Add = ScalarMath.Bind(OpCode.Add, null);

    public Action<WorkItem> Contract(Contract contract)
    {
        Func<WorkItem, Func<int, int, Number>> a = Reader(contract.A), b = Reader(contract.B);
        (LocalMemory target, ScalarCode stride) = (expressions.Buffer(contract.Target.Buffer), expressions.Scalar(contract.Target.RowStride));
        ScalarCode rows = expressions.Scalar(contract.M), columns = expressions.Scalar(contract.N), depth = expressions.Scalar(contract.K);
        return item =>
        {
            (Func<int, int, Number> left, Func<int, int, Number> right) = (a(item), b(item));
            (int m, int n, int k, int width) = (rows(item).I32, columns(item).I32, depth(item).I32, stride(item).I32);
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    int at = (row * width) + column;
                    Number start = contract.Accumulates ? target.Read(at) : Number.Of(0f);
                    target.Write(at, contract.ByColumns
                        ? Chain(start, k, l => left(row, l), l => right(l, column))
                        : Add(start, Striped(k, l => left(row, l), l => right(column, l)), default));
                }
            }
        };
    }

    public Action<WorkItem> Transpose(TransposeMatrix transpose)
    {
        Func<WorkItem, Func<int, int, Number>> source = Reader(transpose.Source);
        (LocalMemory target, ScalarCode stride) = (expressions.Buffer(transpose.Target.Buffer), expressions.Scalar(transpose.Target.RowStride));
        ScalarCode rows = expressions.Scalar(transpose.Rows), columns = expressions.Scalar(transpose.Columns);
        return item =>
        {
            Func<int, int, Number> from = source(item);
            (int m, int n, int width) = (rows(item).I32, columns(item).I32, stride(item).I32);
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column++)
                    target.Write((column * width) + row, from(row, column));
            }
        };
    }

    public Action<WorkItem> Combine(CombineRows combine)
    {
        (LocalMemory source, LocalMemory target, ScalarCode rows) = (expressions.Buffer(combine.Source), expressions.Buffer(combine.Target), expressions.Scalar(combine.Rows));
        Func<Number, Number, Number, Number> step = ScalarMath.Bind(TileReductions.CodeOf(combine.Kind), null);
        return item =>
        {
            int count = rows(item).I32;
            for (int row = 0; row < count; row++)
                target.Write(row, TileReductions.Tree([.. Enumerable.Range(row * Lanes.Count, Lanes.Count).Select(source.Read)], step));
        };
    }

    private static Number Chain(Number sum, int depth, Func<int, Number> a, Func<int, Number> b)
    {
        for (int l = 0; l < depth; l++)
            sum = MultiplyAdd(a(l), b(l), sum);
        return sum;
    }

    private static Number Striped(int depth, Func<int, Number> a, Func<int, Number> b)
    {
        var partials = new Number[Lanes.Count];
        for (int i = 0; i < partials.Length; i++)
            partials[i] = Number.Of(0f);
        for (int l = 0; l < depth; l++)
            partials[l % Lanes.Count] = MultiplyAdd(a(l), b(l), partials[l % Lanes.Count]);
        return TileReductions.Tree(partials, Add);
    }

    /// <summary>Elements of a matrix by row and column.</summary>
    public Func<WorkItem, Func<int, int, Number>> Reader(Matrix matrix)
    {
        if (matrix is BufferMatrix held)
        {
            (LocalMemory buffer, ScalarCode stride, ScalarCode begin) = (expressions.Buffer(held.Buffer), expressions.Scalar(held.RowStride), expressions.Scalar(held.First ?? Expressions.Int(0)));
            return item =>
            {
                (int width, int origin) = (stride(item).I32, begin(item).I32);
                return (row, column) => buffer.Read(origin + (row * width) + column);
            };
        }

        var view = (ViewMatrix)matrix;
        ScalarCode[] start = view.Start.AsEnumerable().Select(expressions.Scalar).ToArray();
        return item =>
        {
            int[] first = start.Select(s => s(item).I32).ToArray();
            return (row, column) =>
            {
                int[] index = (int[])first.Clone();
                index[view.RowAxis] += row;
                index[index.Length - 1] += column;
                return memory.Read(view.View, index, RawType.F32, false, who);
            };
        };
    }
}

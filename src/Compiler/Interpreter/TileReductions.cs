using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// Work across elements in its contracted order: element i goes to partial i % 16 in increasing i, then partials combine pairwise at distances
/// 8, 4, 2, 1. Along axis 0 of a tile of two axes, each column is folded in increasing row instead.
/// </summary>
internal static class TileReductions
{
    private const int Stripes = 16;

    public static TileValue Reduce(TileValue tile, Reduction reduction, DType type)
    {
        Func<Number, Number, Number, Number> combine = ScalarMath.Bind(CodeOf(reduction.Kind), null);
        Number identity = Identity(reduction.Kind, type);
        if (reduction.Axis < 0)
        {
            Number[] partials = Partials(identity);
            for (int row = 0; row < tile.Rows; row++)
                Accumulate(partials, tile, row, combine);
            return TileValue.Of(Tree(partials, combine));
        }

        if (reduction.Axis == 1)
        {
            return TileValue.Make([tile.Rows], (_, row) =>
            {
                Number[] partials = Partials(identity);
                Accumulate(partials, tile, row, combine);
                return Tree(partials, combine);
            });
        }

        return TileValue.Make([tile.Columns], (_, column) =>
        {
            Number value = identity;
            for (int row = 0; row < tile.Rows; row++)
                value = combine(value, tile.At(row, column), default);
            return value;
        });
    }

    /// <summary>The lowest index of the extreme value; a NaN never wins, and an empty tile gives 0.</summary>
    public static Number ArgReduce(TileValue tile, ReduceKind kind)
    {
        OpCode better = kind == ReduceKind.Max ? OpCode.Gt : OpCode.Lt;
        int best = -1;
        for (int i = 0; i < tile.Elements.Length; i++)
        {
            Number value = tile.Elements[i];
            bool isNumber = value.Type != DType.F32 || !float.IsNaN(value.F32);
            if (isNumber && (best < 0 || ScalarMath.Evaluate(better, null, value, tile.Elements[best]).Bool))
                best = i;
        }

        return Number.Of(Math.Max(best, 0));
    }

    public static TileValue Scan(TileValue tile, ReduceKind kind, DType type)
    {
        Func<Number, Number, Number, Number> combine = ScalarMath.Bind(CodeOf(kind), null);
        Number running = Identity(kind, type);
        return TileValue.Make(tile.Extents, (_, i) => running = combine(running, tile.Elements[i], default));
    }

    /// <summary>Dot products over the last axis of a and the first of b, in the striped order with fused multiply-adds.</summary>
    public static TileValue Dot(TileValue a, TileValue b, TileValue? accumulator, int[] extents, bool isInteger)
    {
        int inner = a.Columns;
        bool isMatrix = b.Rank == 2;
        Number Element(int row, int column)
        {
            Number[] partials = Partials(isInteger ? Number.Of(0) : Number.Of(0f));
            for (int k = 0; k < inner; k++)
            {
                Number x = a.Elements[(row * inner) + k], y = isMatrix ? b.Elements[(k * b.Columns) + column] : b.Elements[k];
                ref Number partial = ref partials[k % Stripes];
                partial = isInteger ? Number.Of(unchecked(partial.I32 + (x.I32 * y.I32))) : ScalarMath.Evaluate(OpCode.Fma, null, x, y, partial);
            }

            return Tree(partials, ScalarMath.Bind(OpCode.Add, null));
        }

        // [m, k] times [k] gives [m]: its only axis is a's rows.
        TileValue product = TileValue.Make(extents, (row, column) => extents.Length == 1 ? Element(column, 0) : Element(row, column));
        return accumulator is null
            ? product
            : TileValue.Make(extents, (row, column) => ScalarMath.Evaluate(OpCode.Add, null, accumulator.At(row, column), product.At(row, column)));
    }

    /// <summary>Lanes combined pairwise at distances 8, 4, 2, 1; the lanes are overwritten.</summary>
    public static Number Tree(Number[] partials, Func<Number, Number, Number, Number> combine)
    {
        for (int distance = Stripes / 2; distance > 0; distance /= 2)
        {
            for (int i = 0; i < distance; i++)
                partials[i] = combine(partials[i], partials[i + distance], default);
        }

        return partials[0];
    }

    public static OpCode CodeOf(ReduceKind kind) => kind switch
    {
        ReduceKind.Sum => OpCode.Add,
        ReduceKind.Max => OpCode.Max,
        _ => OpCode.Min,
    };

    private static Number Identity(ReduceKind kind, DType type) => (kind, type) switch
    {
        (ReduceKind.Sum, _) => Number.OfBits(type, 0),
        (ReduceKind.Max, DType.F32) => Number.Of(float.NegativeInfinity),
        (ReduceKind.Min, DType.F32) => Number.Of(float.PositiveInfinity),
        (ReduceKind.Max, DType.U32) => Number.Of(0u),
        (ReduceKind.Min, DType.U32) => Number.Of(uint.MaxValue),
        (ReduceKind.Max, _) => Number.OfBits(type, int.MinValue),
        _ => Number.OfBits(type, int.MaxValue),
    };

    private static Number[] Partials(Number identity)
    {
        var partials = new Number[Stripes];
        for (int i = 0; i < Stripes; i++)
            partials[i] = identity;
        return partials;
    }

    private static void Accumulate(Number[] partials, TileValue tile, int row, Func<Number, Number, Number, Number> combine)
    {
        for (int column = 0; column < tile.Columns; column++)
            partials[column % Stripes] = combine(partials[column % Stripes], tile.Elements[(row * tile.Columns) + column], default);
    }
}

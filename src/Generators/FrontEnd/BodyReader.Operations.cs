using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Generators.FrontEnd;

internal sealed partial class BodyReader
{
    /// <summary>The functions of the kernel language by name, and the IR each becomes.</summary>
    private static class Operations
    {
        public static readonly Dictionary<string, DType> TileMethods = new()
        {
            ["ToFloat"] = DType.F32,
            ["ToInt"] = DType.I32,
            ["ToUInt"] = DType.U32,
            ["ToSByte"] = DType.I8,
        };

        public static readonly Dictionary<string, Func<BodyReader, Arguments, Value>> Table = new()
        {
            ["Exp"] = Elementwise(OpCode.Exp),
            ["Log"] = Elementwise(OpCode.Log),
            ["Sqrt"] = Elementwise(OpCode.Sqrt),
            ["Rsqrt"] = Elementwise(OpCode.Rsqrt),
            ["Tanh"] = Elementwise(OpCode.Tanh),
            ["Erf"] = Elementwise(OpCode.Erf),
            ["Sin"] = Elementwise(OpCode.Sin),
            ["Cos"] = Elementwise(OpCode.Cos),
            ["Sigmoid"] = Elementwise(OpCode.Sigmoid),
            ["Floor"] = Elementwise(OpCode.Floor),
            ["Round"] = Elementwise(OpCode.Round),
            ["Abs"] = Elementwise(OpCode.Abs),
            ["Fma"] = Elementwise(OpCode.Fma),
            ["Where"] = Elementwise(OpCode.Select),
            ["MulHi"] = Elementwise(OpCode.MulHi),
            ["Philox"] = Elementwise(OpCode.Philox),
            ["BitcastToInt"] = (reader, a) => reader._builder.Emit(OpCode.Bitcast, DType.I32, a[0]),
            ["BitcastToFloat"] = (reader, a) => reader._builder.Emit(OpCode.Bitcast, DType.F32, a[0]),
            ["Lookup"] = (reader, a) => reader.Lookup(a),
            ["Uniform"] = Uniform,

            ["Sum"] = (reader, a) => reader.Reduce(a, ReduceKind.Sum),
            ["Max"] = (reader, a) => IsReduction(a) ? reader.Reduce(a, ReduceKind.Max) : Elementwise(OpCode.Max)(reader, a),
            ["Min"] = (reader, a) => IsReduction(a) ? reader.Reduce(a, ReduceKind.Min) : Elementwise(OpCode.Min)(reader, a),
            ["ArgMax"] = Across(OpCode.ArgReduce, 1, new Reduction(ReduceKind.Max, -1)),
            ["ArgMin"] = Across(OpCode.ArgReduce, 1, new Reduction(ReduceKind.Min, -1)),
            ["CumSum"] = Across(OpCode.Scan, 1, new Reduction(ReduceKind.Sum, -1)),
            ["CumMax"] = Across(OpCode.Scan, 1, new Reduction(ReduceKind.Max, -1)),
            ["FakeQuantize"] = (reader, a) => reader.FakeQuantize(a),
            ["Dot"] = (reader, a) => reader.Dot(a, 2),
            ["Inner"] = (reader, a) => reader.Dot(a, 1),
            ["Gather"] = Across(OpCode.Gather, 1),
            ["Transpose"] = Across(OpCode.Transpose, 2),
            ["Col"] = Across(OpCode.Expand, 1, 1),
            ["Row"] = Across(OpCode.Expand, 1, 0),

            ["ProgramId"] = (reader, a) => reader.ProgramId(a, a.Scalar(1)),
            ["Range"] = (reader, a) => a.Count == 3 ? reader.Range(a.Scalar(0), a.Scalar(1), a.Scalar(2)) : reader.Range(a),
            ["ProgramRange"] = (reader, a) => reader.ProgramRange(a),
            ["CeilDiv"] = (reader, a) => reader.CeilDiv(a.Scalar(0), a.Scalar(1)),
            ["Full"] = (reader, a) => reader.Full(a.Scalar(0), a, 1),
            ["FullInt"] = (reader, a) => reader.Full(a.Scalar(0), a, 1),
            ["Zeros"] = (reader, a) => reader.Full(reader._builder.Constant(0f), a, 0),
        };

        private static Func<BodyReader, Arguments, Value> Elementwise(OpCode code) => (reader, a) =>
            reader.Pointwise(code, null, a.Values());

        private static Func<BodyReader, Arguments, Value> Across(OpCode code, int rank, object? attribute = null) => (reader, a) =>
        {
            Value[] operands = a.Values();
            reader.RequireKernel($"'{a.Name}'");
            reader.RequireRank(a, operands[0], rank);
            return reader._builder.Emit(code, attribute, operands);
        };

        private static bool IsReduction(Arguments a) => a.Count == 1 || a.Find("axis") is not null;

        private static Value Uniform(BodyReader reader, Arguments a)
        {
            Value bits = reader.Pointwise(OpCode.Philox, null, a.Values());
            Value high = reader._builder.Emit(OpCode.Shr, null, bits, reader._builder.Constant(8));
            return reader._builder.Emit(OpCode.Mul, null, reader._builder.Emit(OpCode.Convert, DType.F32, high),
                reader._builder.Constant(1f / (1 << 24)));
        }
    }

    private Value Reduce(Arguments a, ReduceKind kind)
    {
        Value tile = a[0];
        RequireKernel($"'{a.Name}'");
        int axis = a.Find("axis") is { } argument ? a.Constant(argument, Rules.AxisNotConstant) : -1;
        if (axis >= 0 && tile.Type.Rank != 2)
            throw Mistakes.Error(Rules.Shape, Here, $"{Shapes.Describe(tile.Type)} has no two axes to reduce one of; leave out the axis");
        if (axis is < -1 or > 1)
            throw Mistakes.Error(Rules.Shape, Here, $"axis {axis} of {Shapes.Describe(tile.Type)} does not exist; axes are 0 and 1");
        return _builder.Emit(OpCode.Reduce, new Reduction(kind, axis), tile);
    }

    private Value FakeQuantize(Arguments a)
    {
        RequireKernel($"'{a.Name}'");
        return _builder.Emit(OpCode.FakeQuantize, null, a[0], a.Scalar(1));
    }

    private Value Lookup(Arguments a)
    {
        Value index = a[0];
        IOperation written = a.Syntax(1) is IConversionOperation conversion ? conversion.Operand : a.Syntax(1);
        sbyte[] entries = written is ICollectionExpressionOperation { Elements: var elements }
            ? [.. elements.Select(e => e.ConstantValue).Where(c => c.HasValue).Select(c => c.Value).OfType<sbyte>()]
            : [];
        return entries.Length == LookupTable.Count
            ? _builder.Emit(OpCode.Lookup, LookupTable.Of(entries), index)
            : throw Mistakes.Error(Rules.Unsupported, Here, "A table that is not sixteen constants", "write the sixteen entries in the call");
    }

    private void RequireRank(Arguments a, Value tile, int rank)
    {
        if (tile.Type.Rank != rank)
            throw Mistakes.Error(Rules.Shape, Here, $"{a.Name} takes a tile of {Shapes.Axes(rank)}, not {Shapes.Describe(tile.Type)}");
    }

    // Inner takes [k] and [k]; Dot takes [m, k] and [k, n] or [k], and perhaps [m, n] or [m] to add to.
    private Value Dot(Arguments a, int rank)
    {
        Value[] operands = a.Values();
        RequireKernel($"'{a.Name}'");
        (ValueType left, ValueType right) = (operands[0].Type, operands[1].Type);
        RequireRank(a, operands[0], rank);
        if (rank == 1)
            RequireRank(a, operands[1], 1);
        if (left.Shape[rank - 1] != right.Shape[0])
        {
            throw Mistakes.Error(Rules.Shape, Here,
                $"the inner extents of {a.Name} differ: {Shapes.Describe(left.Shape[rank - 1])} elements across on the left "
                + $"and {Shapes.Describe(right.Shape[0])} down on the right");
        }

        var result = new ValueType(left.DType == DType.I8 ? DType.I32 : DType.F32, [.. left.Shape.Take(rank - 1), .. right.Shape.Skip(1)]);
        if (operands.Length > 2 && !operands[2].Type.SameAs(result))
        {
            throw Mistakes.Error(Rules.Shape, Here,
                $"Dot gives {Shapes.Describe(result)} and would add it to {Shapes.Describe(operands[2].Type)}");
        }

        return _builder.Emit(OpCode.Dot, null, operands);
    }

    private Value ProgramId(Arguments a, Value count)
    {
        int axis = a.Constant(a.Syntax(0), Rules.AxisNotConstant);
        RequireKernel("'ProgramId'");
        if (axis is < 0 or > 2)
            throw Mistakes.Error(Rules.Grid, Here, $"axis {axis} does not exist; a grid has axes 0, 1 and 2");
        if (_controlDepth > 0)
            throw Mistakes.Error(Rules.Grid, Here, "the grid is fixed at launch; call ProgramId before any loop or if");
        if (!_ranges.IsLaunchUniform(count))
        {
            throw Mistakes.Error(Rules.Grid, Here,
                $"the number of programs must be known at launch; compute it from parameters, extents and constants");
        }

        if (_ranges.AddGrid(axis, count) is { } other)
            throw Mistakes.Error(Rules.Grid, Here, $"axis {axis} has {Shapes.Describe(new Extent(0, other))} programs already");
        return _builder.Emit(OpCode.ProgramId, axis, count);
    }

    private Value CeilDiv(Value total, Value divisor)
    {
        Value rounded = _builder.Emit(OpCode.Sub, null, _builder.Emit(OpCode.Add, null, total, divisor), _builder.Constant(1));
        return _builder.Emit(OpCode.Div, null, rounded, divisor);
    }

    private Value ProgramRange(Arguments a)
    {
        Value total = a.Scalar(1), block = a.Scalar(2);
        Value start = _builder.Emit(OpCode.Mul, null, ProgramId(a, CeilDiv(total, block)), block);
        return Range(start, block, total);
    }

    // start .. min(start + block, end), never of negative length.
    private Value Range(Value start, Value block, Value end)
    {
        Value left = _builder.Emit(OpCode.Sub, null, end, start);
        Value extent = _builder.Emit(OpCode.Max, null, _builder.Emit(OpCode.Min, null, block, left), _builder.Constant(0));
        return Range(start, extent);
    }

    private Value Range(Arguments a)
    {
        Value start = a.Scalar(0), extent = a.Scalar(1);
        Value range = Range(start, extent);
        _ranges.AddRange(range, start, extent, _at!);
        return range;
    }

    private Value Range(Value start, Value extent)
    {
        RequireKernel("'Range'");
        if (!_ranges.IsBounded(extent))
            throw Mistakes.Error(Rules.Unbounded, Here, Shapes.Describe(new Extent(0, extent)));
        if (Literal(extent) is < 0)
            throw Mistakes.Error(Rules.Shape, Here, "a range has a negative extent");
        return _builder.Emit(OpCode.Range, null, start, extent);
    }

    // In a functor, whose tiles take their caller's shapes, a constant tile is the constant: operations broadcast it.
    private Value Full(Value value, Arguments a, int first)
    {
        Value[] likes = [.. Enumerable.Range(first, a.Count - first).Select(i => a[i])];
        if (_kind == BodyKind.Functor)
            return value;
        RequireKernel($"'{a.Name}'");
        Extent[] shape = likes.Length == 1 ? likes[0].Type.Shape : [.. likes.Select(l => l.Type.Shape[0])];
        return _builder.Emit(OpCode.Splat, null, [value, .. shape.Select(ExtentValue)]);
    }
}

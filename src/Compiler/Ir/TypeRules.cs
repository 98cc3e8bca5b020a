using System.Runtime.CompilerServices;

namespace KernelFoundry.Compiler.Ir;

/// <summary>Infers the result type of an op from its operands, or says why they do not fit.</summary>
public static class TypeRules
{
    public static ValueType Infer(OpCode code, object? attribute, Value[] operands, SourceLocation at)
    {
        ValueType T(int i) => operands[i].Type;
        switch (code)
        {
            case OpCode.Const:
                return ValueType.Scalar(((Number)attribute!).Type);
            case OpCode.ProgramId or OpCode.ViewExtent or OpCode.BlockSize:
                return ValueType.Scalar(DType.I32);
            case OpCode.Range:
                return new ValueType(DType.I32, ExtentOf(operands[1]));
            case OpCode.Splat:
                return new ValueType(T(0).DType, operands.Skip(1).Select(ExtentOf).ToArray());
            case OpCode.Expand:
                Expect(T(0).Rank == 1, $"Row and Col take a tile of one axis, not {T(0)}", at);
                return new ValueType(T(0).DType, (int)attribute! == 0 ? [1, T(0).Shape[0]] : [T(0).Shape[0], 1]);
            case OpCode.Transpose:
                Expect(T(0).Rank == 2, $"Transpose takes a tile of two axes, not {T(0)}", at);
                return new ValueType(T(0).DType, T(0).Shape[1], T(0).Shape[0]);
            case OpCode.Reduce:
                return Reduced(T(0), ((Reduction)attribute!).Axis, at);
            case OpCode.ArgReduce:
                Expect(T(0).Rank == 1, $"ArgMax and ArgMin take a tile of one axis, not {T(0)}", at);
                return ValueType.Scalar(DType.I32);
            case OpCode.Scan:
                Expect(T(0).Rank == 1, $"a scan takes a tile of one axis, not {T(0)}", at);
                return T(0);
            case OpCode.FakeQuantize:
                Expect(T(0).DType == DType.F32 && !T(0).IsScalar, $"FakeQuantize takes a float tile, not {T(0)}", at);
                Expect(T(1).SameAs(ValueType.Scalar(DType.I32)), $"FakeQuantize takes a group of i32, not {T(1)}", at);
                return T(0);
            case OpCode.Dot:
                return DotType(operands, at);
            case OpCode.Gather:
                Expect(T(0).Rank == 1 && T(1).DType == DType.I32, "Gather takes a tile of one axis and i32 indices", at);
                return T(1).With(T(0).DType);
            default:
                return OpTable.Of(code).IsElementwise
                    ? Elementwise(code, attribute, operands, at)
                    : throw new IrException($"{code} has no inferred type", at);
        }
    }

    /// <summary>The broadcast shape of some types: equal extents, or 1 in an axis, or scalars.</summary>
    public static Extent[] Broadcast(IEnumerable<ValueType> types, SourceLocation at)
    {
        Extent[] shape = [];
        foreach (ValueType type in types.Where(t => !t.IsScalar))
        {
            if (shape.Length == 0)
            {
                shape = (Extent[])type.Shape.Clone();
                continue;
            }

            Expect(shape.Length == type.Rank, $"tiles of {shape.Length} and {type.Rank} axes do not combine; use Row or Col", at);
            for (int axis = 0; axis < shape.Length; axis++)
            {
                if (shape[axis].IsOne)
                    shape[axis] = type.Shape[axis];
                else
                    Expect(type.Shape[axis].IsOne || type.Shape[axis] == shape[axis], Mismatch(axis, shape[axis], type.Shape[axis]), at);
            }
        }

        return shape;
    }

    public static Extent ExtentOf(Value value) =>
        value.Definition is { Code: OpCode.Const } constant ? constant.Attr<Number>().I32 : new Extent(0, value);

    private static string Mismatch(int axis, Extent a, Extent b) =>
        $"tile extents differ in axis {axis}: {Describe(a)} and {Describe(b)}";

    private static string Describe(Extent extent) => extent.Dynamic?.Name ?? extent.ToString();

    private static ValueType Elementwise(OpCode code, object? attribute, Value[] operands, SourceLocation at)
    {
        TypeRule rule = OpTable.Of(code).Rule;
        DType first = operands[rule == TypeRule.Select ? 1 : 0].Type.DType;
        for (int i = rule == TypeRule.Select ? 1 : 0; i < operands.Length && rule is not (TypeRule.Attribute or TypeRule.Random); i++)
        {
            bool shiftAmount = code is OpCode.Shl or OpCode.Shr && i == 1;
            DType other = operands[i].Type.DType;
            Expect(other == first || (shiftAmount && other is DType.I32 or DType.U32), $"{code} of {first} and {other}; convert one", at);
        }

        DType result = rule switch
        {
            TypeRule.Compare => DType.Bool,
            TypeRule.Attribute => attribute as DType? ?? throw new IrException($"{code} names no type", at),
            TypeRule.Random => DType.U32,
            _ => first,
        };
        Expect(rule != TypeRule.Float || first == DType.F32, $"{code} takes float, not {first}", at);
        Expect(rule != TypeRule.Bits || first != DType.F32, $"{code} takes integers, not {first}", at);
        bool arithmetic = rule == TypeRule.Same || (rule == TypeRule.Compare && code is not (OpCode.Eq or OpCode.Ne));
        Expect(!arithmetic || first != DType.Bool, $"{code} does not take bool", at);
        Expect(code != OpCode.Bitcast || (IsWord(first) && IsWord(result)), $"a bitcast of {first} to {result}", at);
        Expect(code != OpCode.Lookup || first == DType.I32, $"a look-up by {first}, not by a signed integer", at);
        Expect(rule != TypeRule.Random || operands.All(o => o.Type.DType is DType.I32 or DType.U32), $"{code} takes integers", at);
        Expect(rule != TypeRule.Select || operands[0].Type.DType == DType.Bool, "Where takes a condition of bool", at);
        return new ValueType(result, Broadcast(operands.Select(o => o.Type), at));
    }

    private static bool IsWord(DType type) => type is DType.F32 or DType.I32 or DType.U32;

    private static ValueType Reduced(ValueType type, int axis, SourceLocation at)
    {
        Expect(!type.IsScalar, "a reduction takes a tile", at);
        if (axis < 0)
            return ValueType.Scalar(type.DType);
        Expect(type.Rank == 2 && axis < 2, $"a reduction along axis {axis} takes a tile of two axes, not {type}", at);
        return new ValueType(type.DType, type.Shape[1 - axis]);
    }

    private static ValueType DotType(Value[] operands, SourceLocation at)
    {
        ValueType a = operands[0].Type, b = operands[1].Type;
        Expect(a.DType == b.DType && a.DType is DType.F32 or DType.I8, $"Dot takes two float or two sbyte tiles, not {a.DType} and {b.DType}", at);
        DType dtype = a.DType == DType.I8 ? DType.I32 : DType.F32;
        Expect(a.Rank >= 1 && b.Rank >= 1 && a.Rank >= b.Rank, $"Dot of {a} and {b}", at);
        Expect(a.Shape[a.Rank - 1] == b.Shape[0], Mismatch(0, a.Shape[a.Rank - 1], b.Shape[0]), at);
        ValueType result = (a.Rank, b.Rank) switch
        {
            (1, 1) => ValueType.Scalar(dtype),
            (2, 1) => new ValueType(dtype, a.Shape[0]),
            _ => new ValueType(dtype, a.Shape[0], b.Shape[1]),
        };
        if (operands.Length > 2)
            Expect(operands[2].Type.SameAs(result), $"Dot accumulates {result} into {operands[2].Type}", at);
        return result;
    }

    private static void Expect(bool holds, string message, SourceLocation at) => IrVerifier.Require(holds, message, at);

    private static void Expect(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] RuleMessage message, SourceLocation at)
    {
        if (!holds)
            throw new IrException(message.ToString(), at);
    }
}

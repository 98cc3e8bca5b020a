using KernelFoundry.Compiler.Ir;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>Says extents and shapes the way the source does: by local, parameter or formula, never by IR value.</summary>
internal static class Shapes
{
    /// <summary>"a scalar float" or "a tile [block, x.Extent1] of float".</summary>
    public static string Describe(ValueType type) => type.IsScalar
        ? $"a scalar {CSharp(type.DType)}"
        : $"a tile [{string.Join(", ", type.Shape.Select(Describe))}] of {CSharp(type.DType)}";

    public static string Describe(Extent extent) => extent.Dynamic is { } value ? Describe(value) : Text(extent.Constant);

    /// <summary>What keeps tiles from being combined element by element, or null.</summary>
    public static string? FirstMismatch(IEnumerable<ValueType> types)
    {
        Extent[]? shape = null;
        foreach (ValueType type in types.Where(t => !t.IsScalar))
        {
            if (shape is null)
            {
                shape = (Extent[])type.Shape.Clone();
                continue;
            }

            if (shape.Length != type.Rank)
            {
                return $"a tile of {Axes(shape.Length)} meets one of {Axes(type.Rank)}; turn the smaller one into a column with Col "
                    + "or a row with Row";
            }

            for (int axis = 0; axis < shape.Length; axis++)
            {
                if (shape[axis].IsOne)
                    shape[axis] = type.Shape[axis];
                else if (!type.Shape[axis].IsOne && type.Shape[axis] != shape[axis])
                    return Mismatch(axis, shape[axis], type.Shape[axis]);
            }
        }

        return null;
    }

    public static string Mismatch(int axis, Extent a, Extent b) =>
        $"axis {Text(axis)} has {Describe(a)} elements on one side and {Describe(b)} on the other";

    /// <summary>"one axis" or "two axes".</summary>
    public static string Axes(int count) => count == 1 ? "one axis" : "two axes";

    private static string CSharp(DType type) => type switch
    {
        DType.F32 => "float",
        DType.I32 => "int",
        DType.U32 => "uint",
        DType.I8 => "sbyte",
        _ => "bool",
    };

    private static string Describe(Value value)
    {
        if (value.Name is { } name)
            return name;
        if (value.Definition is not { } op)
            return "a carried value";
        string At(int i) => Describe(op.Operands[i]);
        string Within(int i) => op.Operands[i] is { Name: null, Definition.Code: OpCode.Add or OpCode.Sub } ? $"({At(i)})" : At(i);
        return op.Code switch
        {
            OpCode.Const => op.Attr<Number>().ToString(),
            OpCode.Param or OpCode.Field => op.Attr<string>(),
            OpCode.ViewExtent => $"{op.Attr<MemoryAccess>().View}.Extent{Text(op.Attr<MemoryAccess>().Axis)}",
            OpCode.BlockSize => $"{op.Attr<MemoryAccess>().View}.BlockSize",
            OpCode.ProgramId => $"ProgramId({Text(op.Attr<int>())})",
            OpCode.Max when op.Operands[1].Definition is { Code: OpCode.Const } zero && zero.Attr<Number>().Bits == 0 => At(0),
            OpCode.Min or OpCode.Max => $"{op.Code}({At(0)}, {At(1)})",
            OpCode.Add => $"{At(0)} + {At(1)}",
            OpCode.Sub => $"{At(0)} - {Within(1)}",
            OpCode.Mul => $"{Within(0)} * {Within(1)}",
            OpCode.Div => $"{Within(0)} / {Within(1)}",
            OpCode.Load => $"an element of {op.Attr<MemoryAccess>().View}",
            _ => "a computed value",
        };
    }

    private static string Text(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

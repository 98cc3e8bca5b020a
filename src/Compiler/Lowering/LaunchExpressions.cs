using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Expressions a launch can evaluate before any program runs: made of arguments, view extents and constants only.</summary>
internal static class LaunchExpressions
{
    /// <summary>The value itself, or null when it depends on more than the launch.</summary>
    public static Expr? Exact(Value value)
    {
        if (value.Definition is not { } op || !value.Type.IsScalar)
            return null;
        switch (op.Code)
        {
            case OpCode.Const:
                return new Literal(op.Attr<Number>());
            case OpCode.Param:
                return new Argument(op.Attr<string>(), value.Type.DType);
            case OpCode.ViewExtent:
                MemoryAccess access = op.Attr<MemoryAccess>();
                return new ExtentOf(access.View, access.Axis);
        }

        if (!op.Info.IsElementwise)
            return null;
        Expr?[] operands = op.Operands.Select(Exact).ToArray();
        if (operands.Any(o => o is null))
            return null;
        if (operands.Length == 2 && value.Type.DType == DType.I32)
            return Make(op.Code, operands[0]!, operands[1]!);
        return new Apply(op.Code, value.Type.DType, false, operands.Select(o => o!).ToArray(), op.Attribute);
    }

    /// <summary>The smallest upper bound that constants, parameters and extents prove for a non-negative extent.</summary>
    public static Expr Bound(Extent extent, Kernel kernel, SourceLocation at) =>
        extent.Dynamic is not { } value
            ? Int(extent.Constant)
            : TryBound(value, kernel) ?? throw new IrException(
                $"the tile extent {value.Name ?? "here"} has no bound known at launch; bound it with Min by a parameter, a view extent or a constant", at);

    /// <summary>The greatest value of an extent where that is a constant.</summary>
    public static int? Most(Extent extent, Kernel kernel) =>
        ((extent.Dynamic is { } value ? TryBound(value, kernel) : Int(extent.Constant)) as Literal)?.Value.I32;

    /// <summary>Whether a bound is at least a number: known of constants, and of what a device is tuned to where every choice is.</summary>
    public static bool IsAtLeast(Expr bound, int least, Kernel kernel) => bound switch
    {
        Literal literal => literal.Value.I32 >= least,
        Argument argument => kernel.Find(argument.Name) is { IsTunable: true } tunable && tunable.Choices.Min() >= least,
        _ => false,
    };

    private static Expr? TryBound(Value value, Kernel kernel)
    {
        if (Exact(value) is { } exact)
            return exact;
        if (value.Definition is not { } op)
            return null;
        Expr? Of(int i) => TryBound(op.Operands[i], kernel);
        switch (op.Code)
        {
            case OpCode.Min:
                Expr? a = Of(0), b = Of(1);
                return IsBlock(a, kernel) && !IsBlock(b, kernel) ? a : IsBlock(b, kernel) && !IsBlock(a, kernel) ? b : a is null || b is null ? a ?? b : Make(OpCode.Min, a, b);
            case OpCode.Max when Of(0) is { } left && Of(1) is { } right:
                return Least(right) is { } low && IsAtLeast(left, low, kernel) ? left : Least(left) is { } other && IsAtLeast(right, other, kernel) ? right
                    : Make(OpCode.Max, left, right);
            case OpCode.Select when Of(1) is { } then && Of(2) is { } otherwise:
                return Make(OpCode.Max, then, otherwise);
            case OpCode.Add or OpCode.Mul when Of(0) is { } x && Of(1) is { } y:
                return Make(op.Code, x, y);
            case OpCode.Sub when NeverNegative(op.Operands[1]):
                return Of(0);
            case OpCode.Div when Of(0) is { } dividend && Exact(op.Operands[1]) is { } divisor:
                return Div(dividend, divisor);
            case OpCode.ProgramId:
                return Of(0);
            default:
                return null;
        }
    }

    private static int? Least(Expr bound) => (bound as Literal)?.Value.I32;

    // A block size bounds a tile wherever the rest of the view is longer, which it mostly is.
    private static bool IsBlock(Expr? bound, Kernel kernel) => bound is Literal || (bound is Argument argument && kernel.Find(argument.Name).IsTunable);

    // A loop counter has no definition; loops of the kernel language that make index ranges start at a non-negative value and count up.
    private static bool NeverNegative(Value value) => value.Definition switch
    {
        null => value.Type.IsScalar,
        { Code: OpCode.ViewExtent or OpCode.ProgramId } => true,
        { Code: OpCode.Const } op => op.Attr<Number>().Bits >= 0,
        { Code: OpCode.Min or OpCode.Max or OpCode.Add or OpCode.Mul or OpCode.Div } op => op.Operands.All(NeverNegative),
        _ => false,
    };
}

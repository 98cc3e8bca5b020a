using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Makes scalar expressions, folding as it goes.</summary>
internal static class Expressions
{
    public static readonly Literal Zero = Int(0);

    public static Literal Int(int value) => new(Number.Of(value));

    public static Expr Add(Expr a, Expr b) => Make(OpCode.Add, a, b);

    public static Expr Sub(Expr a, Expr b) => Make(OpCode.Sub, a, b);

    public static Expr Mul(Expr a, Expr b) => Make(OpCode.Mul, a, b);

    public static Expr Div(Expr a, Expr b) => Make(OpCode.Div, a, b);

    public static Expr And(Expr a, Expr b) => Make(OpCode.And, a, b);

    public static Expr Less(Expr a, Expr b) => new Apply(OpCode.Lt, DType.Bool, false, new[] { a, b });

    /// <summary>A scalar i32 op with its folding.</summary>
    public static Expr Make(OpCode code, Expr a, Expr b)
    {
        if (a is Literal x && b is Literal y && !(code is OpCode.Div or OpCode.Rem && y.Value.Bits == 0))
            return new Literal(ScalarMath.Evaluate(code, null, x.Value, y.Value));
        int? left = (a as Literal)?.Value.Bits, right = (b as Literal)?.Value.Bits;
        if (a.Type == DType.F32)
            left = right = null;
        return code switch
        {
            OpCode.Add when right == 0 => a,
            OpCode.Add when left == 0 => b,
            OpCode.Sub when right == 0 => a,
            OpCode.Mul or OpCode.Div when right == 1 => a,
            OpCode.Mul when left == 1 => b,
            OpCode.Mul when left == 0 => a,
            OpCode.Mul when right == 0 => b,
            OpCode.Min or OpCode.Max when a == b => a,
            _ => new Apply(code, a.Type, false, new[] { a, b }),
        };
    }

    /// <summary>The greatest number that divides both; where one is 0, the other.</summary>
    public static int CommonDivisor(int a, int b) => b == 0 ? Math.Max(a, 1) : CommonDivisor(b, a % b);

    /// <summary>The neutral element of a reduction.</summary>
    public static Number Identity(ReduceKind kind, DType type) => (kind, type) switch
    {
        (ReduceKind.Sum, DType.F32) => Number.Of(0f),
        (ReduceKind.Max, DType.F32) => Number.Of(float.NegativeInfinity),
        (ReduceKind.Min, DType.F32) => Number.Of(float.PositiveInfinity),
        (ReduceKind.Max, DType.I32) => Number.Of(int.MinValue),
        (ReduceKind.Min, DType.I32) => Number.Of(int.MaxValue),
        (ReduceKind.Min, DType.U32) => Number.Of(uint.MaxValue),
        _ => Number.OfBits(type, 0),
    };

    /// <summary>What the search for an extreme starts with: a NaN, which every number replaces, -infinity too; for integers the identity.</summary>
    public static Number BeforeFirst(ReduceKind kind, DType type) => type == DType.F32 ? Number.Of(float.NaN) : Identity(kind, type);

    /// <summary>Whether a value takes the place of the best so far: it is better, or the first that is a number.</summary>
    public static Expr Wins(OpCode better, Expr value, Expr best, DType type, bool isVector)
    {
        Expr Compare(OpCode code, Expr a, Expr b) => new Apply(code, DType.Bool, isVector, new[] { a, b });
        Expr isBetter = Compare(better, value, best);
        return type != DType.F32 ? isBetter
            : Compare(OpCode.Or, isBetter, Compare(OpCode.And, Compare(OpCode.Ne, best, best), Compare(OpCode.Eq, value, value)));
    }

    public static OpCode Combine(ReduceKind kind) => kind switch
    {
        ReduceKind.Sum => OpCode.Add,
        ReduceKind.Max => OpCode.Max,
        _ => OpCode.Min,
    };
}

using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// One element of a tile as code: an expression, or for indices the exact form Base + Offset (+ lane), which is what tells a contiguous read
/// from a gather and a block boundary from none. <see cref="Divisor"/> divides Base.
/// </summary>
internal sealed record Cell(Expr Base, bool Lane = false, int Offset = 0, int Divisor = 1)
{
    private const int ZeroDivisor = 1 << 24;

    public DType Type => Base.Type;

    /// <summary>A number that divides the scalar.</summary>
    public int ScalarDivisor => Gcd(Divisor, Math.Abs(Offset));

    public bool IsScalar => !Lane && !Base.IsVector;

    public Literal? Constant => IsScalar && Base is Literal literal ? new Literal(Type == DType.I32 ? Number.Of(literal.Value.I32 + Offset) : literal.Value) : null;

    public static Cell Of(Literal literal) => literal.Type == DType.I32
        ? new Cell(Zero, false, literal.Value.I32, ZeroDivisor)
        : new Cell(literal);

    public static Cell Integer(Expr value, int divisor) => value is Literal literal ? Of(literal) : new Cell(value, false, 0, divisor);

    /// <summary>As a scalar expression; only where <see cref="IsScalar"/>.</summary>
    public Expr Scalar() => Offset == 0 ? Base : Add(Base, Int(Offset));

    /// <summary>As a vector.</summary>
    public Expr Vector() => Base.IsVector ? Base : Lane ? new LaneIndex(Scalar()) : new Broadcast(Scalar());

    /// <summary>A number that divides the product of two scalars.</summary>
    public static int ProductDivisor(Cell a, Cell b) => (int)Math.Min(ZeroDivisor, (long)a.ScalarDivisor * b.ScalarDivisor);

    /// <summary>The index form of an integer op, or null where it has none.</summary>
    public static Cell? Index(OpCode code, Cell a, Cell b, Func<Expr, Expr> bind)
    {
        if (a.Type != DType.I32 || a.Base.IsVector || b.Base.IsVector || (a.Lane && b.Lane))
            return null;
        int? constant = b.Constant?.Value.I32;
        switch (code)
        {
            case OpCode.Add:
                return new Cell(bind(Add(a.Base, b.Base)), a.Lane || b.Lane, a.Offset + b.Offset, Gcd(a.Divisor, b.Divisor));
            case OpCode.Sub when !b.Lane:
                return new Cell(bind(Sub(a.Base, b.Base)), a.Lane, a.Offset - b.Offset, Gcd(a.Divisor, b.Divisor));
            case OpCode.Mul when constant is { } factor && !a.Lane:
                return Scaled(a, factor, bind);
            case OpCode.Mul when a.Constant?.Value.I32 is { } factor && !b.Lane:
                return Scaled(b, factor, bind);
            case OpCode.Div when constant is { } d && a.StaysWithin(d):
                return new Cell(bind(Quotient(a.Base, d)), false, a.Offset / d, Math.Max(1, a.Divisor / d));
            case OpCode.Rem when constant is { } d && a.StaysWithin(d):
                return new Cell(Zero, a.Lane, a.Offset % d, ZeroDivisor);
            case OpCode.Div or OpCode.Rem when constant is { } d && IsPowerOfTwo(d) && Gcd(a.Divisor, d) is var unit && a.StaysWithin(unit):
                // The lanes lie in one unit, and units do not straddle multiples of d.
                Expr start = Add(a.Base, Int(a.Offset / unit * unit));
                return code == OpCode.Div
                    ? new Cell(bind(Quotient(start, d)))
                    : new Cell(bind(And(start, Int(d - 1))), a.Lane, a.Offset % unit, unit);
            case OpCode.Min or OpCode.Max when a.IsScalar && b.IsScalar:
                return new Cell(bind(Make(code, a.Scalar(), b.Scalar())), false, 0, Gcd(a.ScalarDivisor, b.ScalarDivisor));
            default:
                return null;
        }
    }

    // No lane crosses a multiple of d, and the base is one.
    private bool StaysWithin(int d) => d > 0 && Offset >= 0 && Divisor % d == 0 && (Offset % d) + (Lane ? Lanes.Count - 1 : 0) < d;

    private static Cell Scaled(Cell a, int factor, Func<Expr, Expr> bind) => factor == 0
        ? Of(Zero)
        : new Cell(bind(Mul(a.Base, Int(factor))), false, a.Offset * factor, (int)Math.Min(ZeroDivisor, Math.Abs((long)a.Divisor * factor)));

    private static bool IsPowerOfTwo(int value) => value > 0 && (value & (value - 1)) == 0;

    // Exact or rounded down, so that a shift does for powers of two.
    private static Expr Quotient(Expr value, int d)
    {
        int shift = 0;
        while (1 << shift < d)
            shift++;
        return value is Literal || 1 << shift != d ? Div(value, Int(d)) : Make(OpCode.Shr, value, Int(shift));
    }

    private static int Gcd(int a, int b) => b == 0 ? Math.Max(a, 1) : Gcd(b, a % b);
}

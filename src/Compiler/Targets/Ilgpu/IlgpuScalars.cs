using System.Globalization;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <summary>
/// Scalar expressions in the C# that ILGPU takes: operators, the primitives of a group G, and methods made of these. Nothing of Math, MathF or
/// BitConverter, parts of which ILGPU lacks: it turns MathF.FusedMultiplyAdd into a function no device has.
/// </summary>
internal abstract class IlgpuScalars(Program program) : CodeWriter(program)
{
    /// <summary>The type parameters of a kernel's method.</summary>
    protected const string Group = "G", View = "V", Local = "L";

    // What is no operator. {0}, {1}, {2}: operands. Float forms first, then the form for integers where it differs.
    private static readonly Dictionary<OpCode, (string Float, string? Integer)> Functions = new()
    {
        [OpCode.Abs] = ("GroupMath.Abs<G>({0})", "GroupMath.Abs({0})"),
        [OpCode.Exp] = ("GroupElementary.Exp<G>({0})", null),
        [OpCode.Log] = ("GroupElementary.Log<G>({0})", null),
        [OpCode.Sqrt] = ("G.Sqrt({0})", null),
        [OpCode.Rsqrt] = ("(1f / G.Sqrt({0}))", null),
        [OpCode.Tanh] = ("GroupElementary.Tanh<G>({0})", null),
        [OpCode.Erf] = ("GroupElementary.Erf<G>({0})", null),
        [OpCode.Sin] = ("GroupElementary.Sin<G>({0})", null),
        [OpCode.Cos] = ("GroupElementary.Cos<G>({0})", null),
        [OpCode.Sigmoid] = ("GroupElementary.Sigmoid<G>({0})", null),
        [OpCode.Floor] = ("G.Floor({0})", null),
        [OpCode.Round] = ("G.Round({0})", null),
        [OpCode.Rem] = ("G.Rem({0}, {1})", "({0} % {1})"),
        [OpCode.Min] = ("GroupMath.Min({0}, {1})", null),
        [OpCode.Max] = ("GroupMath.Max({0}, {1})", null),
        [OpCode.MulHi] = ("", "GroupMath.MulHi({0}, {1})"),
        [OpCode.Fma] = ("G.Fma({0}, {1}, {2})", null),
        [OpCode.Philox] = ("GroupMath.Philox({0}, {1}, {2})", null),
    };

    protected override string TypeName(DType type) => type switch
    {
        DType.F32 => "float",
        DType.U32 => "uint",
        DType.Bool => "bool",
        _ => "int",
    };

    protected override string Scalar(Expr expression) => expression switch
    {
        Var variable => variable.Name,
        Literal literal => LiteralText(literal.Value),
        Apply apply => Op(apply),
        _ => throw new NotSupportedException($"{expression.GetType().Name} is not an expression of the thread form"),
    };

    protected override void WriteLet(Let let) => Line($"{TypeName(let.Var.Type)} {let.Var.Name} = {Bare(Scalar(let.Value))};");

    protected override void WriteAssign(Assign assign) => Line($"{assign.Var.Name} = {Bare(Scalar(assign.Value))};");

    private string Op(Apply apply)
    {
        string[] operands = apply.Operands.AsEnumerable().Select(Scalar).ToArray();
        DType from = apply.Operands[0].Type;
        switch (apply.Code)
        {
            case OpCode.Convert:
                return Conversion(from, apply.Type, operands[0]);
            case OpCode.Bitcast:
                return (from, apply.Type) switch
                {
                    (DType.F32, DType.U32) => $"(uint)G.Bits({Bare(operands[0])})",
                    (DType.F32, _) => $"G.Bits({Bare(operands[0])})",
                    (DType.U32, DType.F32) => $"G.FromBits((int){operands[0]})",
                    (_, DType.F32) => $"G.FromBits({Bare(operands[0])})",
                    _ => Conversion(from, apply.Type, operands[0]),
                };
            case OpCode.Lookup:
                var table = (LookupTable)apply.Attribute!;
                return $"((int)(sbyte)((({operands[0]} & 8) == 0 ? {Word(table.Low)} : {Word(table.High)}) >> (({operands[0]} & 7) << 3)))";
            case OpCode.Not when from == DType.Bool:
                return $"(!{operands[0]})";
            case OpCode.Neg when from == DType.U32:
                return $"(0u - {operands[0]})";
            case OpCode.Shl or OpCode.Shr when apply.Operands[1].Type == DType.U32:
                operands[1] = $"(int){operands[1]}";
                break;
        }

        return Applied(apply.Code, from, operands, Functions);
    }

    private static string Word(long half) => half.ToString(CultureInfo.InvariantCulture) + "L";

    private static string Conversion(DType from, DType to, string value) => (from, to) switch
    {
        _ when from == to => value,
        (DType.Bool, DType.F32) => $"({value} ? 1f : 0f)",
        (DType.Bool, DType.U32) => $"({value} ? 1u : 0u)",
        (DType.Bool, _) => $"({value} ? 1 : 0)",
        (_, DType.Bool) => $"({value} != 0)",
        (_, DType.F32) => $"(float){value}",
        (DType.F32, DType.I8) => $"GroupMath.Clamp((int){value}, -128, 127)",
        (_, DType.I8) => $"GroupMath.Clamp({Bare(value)}, -128, 127)",
        (DType.I8, DType.I32) => value,
        (_, DType.U32) => $"(uint){value}",
        _ => $"(int){value}",
    };

    private static string LiteralText(Number value) => value.Type switch
    {
        DType.F32 when float.IsNaN(value.F32) => "float.NaN",
        DType.F32 when float.IsPositiveInfinity(value.F32) => "float.PositiveInfinity",
        DType.F32 when float.IsNegativeInfinity(value.F32) => "float.NegativeInfinity",
        DType.F32 => Signed(Decimal(value.F32)),
        DType.U32 => value.U32.ToString(CultureInfo.InvariantCulture) + "u",
        DType.Bool => value.Bool ? "true" : "false",
        _ => Signed(Int(value.I32)),
    };

    // A minus behind another operator's, or behind a cast, would be read as something else.
    private static string Signed(string number) => number[0] == '-' ? $"({number})" : number;
}

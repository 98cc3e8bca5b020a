using System.Globalization;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>Scalar expressions in C#.</summary>
internal abstract class CSharpScalars(Program program, CSharpDialect dialect) : CodeWriter(program)
{
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
        Argument argument => argument.Name,
        ExtentOf extent => $"{extent.View}_e{Int(extent.Axis)}",
        ProgramIndex program => $"p{Int(program.Axis)}",
        Apply apply => ScalarApply(apply, apply.Operands.AsEnumerable().Select(Scalar).ToArray()),
        _ => throw new NotSupportedException($"{expression.GetType().Name} is not a scalar expression of this target"),
    };

    /// <summary>A scalar op on rendered operands.</summary>
    protected string ScalarApply(Apply apply, string[] operands)
    {
        DType from = apply.Operands[0].Type;
        switch (apply.Code)
        {
            case OpCode.Convert:
                return Conversion(from, apply.Type, operands[0]);
            case OpCode.Bitcast:
                return (from, apply.Type) switch
                {
                    (DType.F32, DType.U32) => Text(dialect.UnsignedBits, Bare(operands[0])),
                    (DType.F32, _) => Text(dialect.Bits, Bare(operands[0])),
                    (DType.U32, DType.F32) => Text(dialect.FromUnsignedBits, operands[0]),
                    (_, DType.F32) => Text(dialect.FromBits, Bare(operands[0])),
                    _ => Conversion(from, apply.Type, operands[0]),
                };
            case OpCode.Lookup:
                return LookedUp((LookupTable)apply.Attribute!, operands[0]);
            case OpCode.Not when from == DType.Bool:
                return $"(!{operands[0]})";
            case OpCode.Neg when from == DType.U32:
                return $"(0u - {operands[0]})";
            case OpCode.Shl or OpCode.Shr when apply.Operands[1].Type == DType.U32:
                operands[1] = $"(int){operands[1]}";
                break;
        }

        return Applied(apply.Code, from, operands, dialect.Functions);
    }

    /// <summary>Declares what of the argument slots the target needs: scalars, extents and strides.</summary>
    protected void WriteScalars(Func<string, bool> used)
    {
        foreach ((Parameter parameter, string name, char kind, int slot) in Slots())
        {
            if (kind == 'p' || !used(name))
                continue;
            string read = $"args[{Int(slot)}]";
            Line(kind switch
            {
                'e' => $"int {name} = (int){read};",
                's' => $"long {name} = {read};",
                _ => $"{TypeName(parameter.DType)} {name} = {FromSlot(parameter.DType, read)};",
            });
        }
    }

    private static string LookedUp(LookupTable table, string index)
    {
        string Text(long half) => half.ToString(CultureInfo.InvariantCulture) + "L";
        return $"((int)(sbyte)((({index} & 8) == 0 ? {Text(table.Low)} : {Text(table.High)}) >> (({index} & 7) << 3)))";
    }

    /// <summary>The value of a scalar parameter in its slot.</summary>
    protected string FromSlot(DType type, string slot) => type switch
    {
        DType.F32 => Text(dialect.FromBits, $"(int){slot}"),
        DType.U32 => $"(uint){slot}",
        DType.Bool => $"{slot} != 0",
        _ => $"(int){slot}",
    };

    private string Conversion(DType from, DType to, string value) => (from, to) switch
    {
        _ when from == to => value,
        (DType.Bool, DType.F32) => $"({value} ? 1f : 0f)",
        (DType.Bool, DType.U32) => $"({value} ? 1u : 0u)",
        (DType.Bool, _) => $"({value} ? 1 : 0)",
        (_, DType.Bool) => $"({value} != 0)",
        (_, DType.F32) => $"(float){value}",
        (DType.F32, DType.I8) => Text(dialect.Clamp, $"(int){value}", "-128", "127"),
        (_, DType.I8) => Text(dialect.Clamp, Bare(value), "-128", "127"),
        (DType.I8, DType.I32) => value,
        (_, DType.U32) => $"(uint){value}",
        _ => $"(int){value}",
    };

    private string LiteralText(Number value) => value.Type switch
    {
        DType.F32 when float.IsNaN(value.F32) => "float.NaN",
        DType.F32 when float.IsPositiveInfinity(value.F32) => "float.PositiveInfinity",
        DType.F32 when float.IsNegativeInfinity(value.F32) => "float.NegativeInfinity",
        DType.F32 => Signed(Decimal(value.F32)),
        DType.U32 => value.U32.ToString(CultureInfo.InvariantCulture) + "u",
        DType.Bool => value.Bool ? "true" : "false",
        _ => Signed(Int(value.I32)),
    };

    private string Signed(string number) => number[0] == '-' ? Text(dialect.Negative, number) : number;

    private static string Text(string template, params string[] operands) => string.Format(CultureInfo.InvariantCulture, template, operands);
}

using System.Globalization;

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// Reads a module of the subset that is rendered: version, target and address size; shared arrays; entries with parameters, register declarations,
/// labels and instructions. Anything else is an error with its line.
/// </summary>
internal sealed class PtxParser
{
    private readonly List<PtxToken> tokens;
    private readonly Dictionary<string, PtxShared> shared = [];
    private readonly Dictionary<string, PtxEntry> entries = [];
    private int at;

    private PtxParser(string text) => tokens = PtxLexer.Split(text);

    private PtxToken Next => at < tokens.Count ? tokens[at] : new PtxToken("", tokens.Count == 0 ? 1 : tokens[^1].Line);

    public static PtxModule Parse(string text) => new PtxParser(text).Module();

    private PtxModule Module()
    {
        Expect(".version");
        PtxToken version = Take();
        if (!decimal.TryParse(version.Text, CultureInfo.InvariantCulture, out decimal number) || number < 6.0m)
            throw new PtxException(version.Line, $".version {version.Text}: 6.0 or later is needed");
        Expect(".target");
        PtxToken target = Take();
        bool isSpecific = target.Text.EndsWith('a');
        if (!target.Text.StartsWith("sm_", StringComparison.Ordinal)
            || !int.TryParse(target.Text.AsSpan(3, target.Text.Length - (isSpecific ? 4 : 3)), CultureInfo.InvariantCulture, out int capability) || (isSpecific && capability < 90))
            throw new PtxException(target.Line, $".target {target.Text}: sm_ and a number are needed");
        Expect(".address_size");
        Expect("64");
        while (Next.Text.Length > 0)
            Declaration();
        return new PtxModule(number, capability, isSpecific, shared, entries);
    }

    private void Declaration()
    {
        bool isExtern = Accept(".extern");
        _ = Accept(".visible");
        if (Next.Text == ".shared")
            Shared(isExtern);
        else if (Accept(".entry"))
            Entry();
        else
            throw new PtxException(Next.Line, $"'{Next.Text}' where a declaration is expected");
    }

    private void Shared(bool isExtern)
    {
        Expect(".shared");
        int alignment = Accept(".align") ? Integer() : 1;
        PtxToken type = Take();
        int size = type.IsDirective && PtxTypes.Find(type.Text[1..]) is { } known ? PtxTypes.Bytes(known) : 0;
        if (size == 0)
            throw new PtxException(type.Line, $"'{type.Text}' is no type of an array");
        PtxToken name = Name();
        Expect("[");
        int count = Next.IsNumber ? Integer() : -1;
        Expect("]");
        Expect(";");
        if (isExtern != count < 0)
            throw new PtxException(name.Line, $"{name.Text} is extern without a length, or has one");
        if (!shared.TryAdd(name.Text, new PtxShared(name.Text, alignment, Math.Max(0, count) * size, isExtern)))
            throw new PtxException(name.Line, $"{name.Text} is declared twice");
    }

    private void Entry()
    {
        PtxToken name = Name();
        var parameters = new List<PtxParameter>();
        if (Accept("("))
        {
            int offset = 0;
            while (!Accept(")"))
            {
                if (parameters.Count > 0)
                    Expect(",");
                Expect(".param");
                PtxType type = Type();
                int bytes = PtxTypes.Bytes(type);
                offset = (offset + bytes - 1) / bytes * bytes;
                PtxToken parameter = Name();
                if (parameters.Exists(known => known.Name == parameter.Text))
                    throw new PtxException(parameter.Line, $"parameter {parameter.Text} is declared twice");
                parameters.Add(new PtxParameter(parameter.Text, type, offset, parameter.Line));
                offset += bytes;
            }
        }

        int threads = 0;
        while (Next.Text is ".reqntid" or ".maxntid" or ".minnctapersm" or ".maxnreg")
        {
            bool isRequired = Take().Text == ".reqntid";
            int product = Integer();
            while (Accept(","))
                product *= Integer();
            threads = isRequired ? product : threads;
        }

        Expect("{");
        var registers = new PtxRegisters();
        var instructions = new List<PtxInstruction>();
        var labels = new Dictionary<string, int>();
        while (!Accept("}"))
            Statement(registers, instructions, labels);
        var entry = new PtxEntry(name.Text, parameters, threads, registers, instructions, labels, name.Line);
        if (!entries.TryAdd(name.Text, entry))
            throw new PtxException(name.Line, $"entry {name.Text} is declared twice");
    }

    private void Statement(PtxRegisters registers, List<PtxInstruction> instructions, Dictionary<string, int> labels)
    {
        if (Accept(".reg"))
        {
            Registers(registers);
            return;
        }

        if (Next.IsWord && at + 1 < tokens.Count && tokens[at + 1].Text == ":")
        {
            PtxToken label = Take();
            Expect(":");
            if (!labels.TryAdd(label.Text, instructions.Count))
                throw new PtxException(label.Line, $"label {label.Text} stands twice");
            return;
        }

        string? guard = null;
        bool isNegated = false;
        if (Accept("@"))
        {
            isNegated = Accept("!");
            guard = Name().Text;
        }

        PtxToken opcode = Take();
        if (!opcode.IsWord || opcode.Text[0] == '%')
            throw new PtxException(opcode.Line, $"'{opcode.Text}' where an instruction is expected");
        var operands = new List<PtxOperand>();
        while (!Accept(";"))
        {
            if (operands.Count > 0)
                Expect(",");
            operands.Add(Operand());
        }

        instructions.Add(new PtxInstruction(opcode.Text, operands, guard, isNegated, opcode.Line));
    }

    private void Registers(PtxRegisters registers)
    {
        PtxType type = Type(orPredicate: true);
        do
        {
            PtxToken name = Name();
            bool isNew;
            if (Accept("<"))
            {
                isNew = registers.DeclareRun(name.Text, type, Integer());
                Expect(">");
            }
            else
            {
                isNew = registers.Declare(name.Text, type);
            }

            if (!isNew)
                throw new PtxException(name.Line, $"register {name.Text} is declared twice");
        }
        while (Accept(","));
        Expect(";");
    }

    private PtxOperand Operand()
    {
        PtxOperand operand;
        if (Accept("["))
        {
            string? start = Next.IsWord ? Take().Text : null;
            long offset = start is null ? Number() : Accept("+") ? Number() : Next.Text == "-" ? Number() : 0;
            Expect("]");
            operand = new PtxAddress(start, offset);
        }
        else if (Accept("{"))
        {
            var elements = new List<PtxOperand> { Operand() };
            while (Accept(","))
                elements.Add(Operand());
            Expect("}");
            operand = new PtxVector(elements);
        }
        else if (Next.IsNumber || Next.Text == "-")
        {
            operand = Literal();
        }
        else
        {
            operand = new PtxName(Name().Text);
        }

        return Accept("|") ? new PtxPair(operand, Operand()) : operand;
    }

    private PtxLiteral Literal()
    {
        string text = Next.Text;
        if (text.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && text.Length == 10 && uint.TryParse(
            text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint single))
        {
            at++;
            return new PtxLiteral(single, PtxLiteralKind.Single);
        }

        if (text.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && text.Length == 18 && ulong.TryParse(
            text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong wide))
        {
            at++;
            return new PtxLiteral((long)wide, PtxLiteralKind.Double);
        }

        return new PtxLiteral(Number(), PtxLiteralKind.Integer);
    }

    private long Number()
    {
        bool isNegative = Accept("-");
        PtxToken token = Take();
        string digits = token.Text.TrimEnd('U', 'u');
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!(isHex
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value)))
        {
            throw new PtxException(token.Line, $"'{token.Text}' where a number is expected");
        }

        return isNegative ? -(long)value : (long)value;
    }

    private int Integer()
    {
        int line = Next.Line;
        long value = Number();
        return value is >= 0 and <= int.MaxValue ? (int)value : throw new PtxException(line, $"{value} is out of range");
    }

    private PtxType Type(bool orPredicate = false)
    {
        PtxToken token = Take();
        PtxType? type = token.IsDirective ? PtxTypes.Find(token.Text[1..]) : null;
        return type is { } known && (orPredicate || known != PtxType.Pred)
            ? known
            : throw new PtxException(token.Line, $"'{token.Text}' where a type is expected");
    }

    private PtxToken Name()
    {
        PtxToken token = Take();
        return token.IsWord ? token : throw new PtxException(token.Line, $"'{token.Text}' where a name is expected");
    }

    private PtxToken Take()
    {
        PtxToken token = Next;
        if (token.Text.Length == 0)
            throw new PtxException(token.Line, "the module ends too early");
        at++;
        return token;
    }

    private bool Accept(string text)
    {
        if (Next.Text != text)
            return false;
        at++;
        return true;
    }

    private void Expect(string text)
    {
        PtxToken token = Take();
        if (token.Text != text)
            throw new PtxException(token.Line, $"'{token.Text}' where '{text}' is expected");
    }
}

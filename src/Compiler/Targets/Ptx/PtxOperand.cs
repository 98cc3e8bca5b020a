using System.Globalization;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>An operand; its text is what stands in the instruction.</summary>
internal abstract class PtxOperand
{
    public abstract PtxOperandKind Kind { get; }

    /// <summary>A power of two, as its logarithm, that divides an integer's value.</summary>
    public virtual int Alignment => 0;
}

/// <summary>A virtual register.</summary>
internal sealed class PtxRegister(PtxOperandKind kind, int number, PtxFrame frame, bool isMutable) : PtxOperand
{
    private int _alignment;

    public override PtxOperandKind Kind => kind;

    /// <summary>Where it is written: its value stands for the whole of the frame unless it is mutable.</summary>
    public PtxFrame Frame => frame;

    public bool IsMutable => isMutable;

    /// <summary>Whether others may use the value too: then it must be written nowhere else.</summary>
    public bool IsKnown { get; set; }

    public override int Alignment => _alignment;

    public void Align(int alignment) => _alignment = alignment;

    public override string ToString() => Prefix(kind) + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the registers of a kind are called.</summary>
    public static string Prefix(PtxOperandKind kind) => kind switch
    {
        PtxOperandKind.B16 => "%h",
        PtxOperandKind.B32 => "%r",
        PtxOperandKind.B64 => "%rd",
        PtxOperandKind.F32 => "%f",
        _ => "%p",
    };
}

/// <summary>A few registers of one kind that are read or written as one.</summary>
internal sealed class PtxVector(IReadOnlyList<PtxRegister> registers) : PtxOperand
{
    public override PtxOperandKind Kind => registers.Count == 1 ? PtxOperandKind.B32x1 : KindOf(registers);

    public override string ToString() => $"{{{string.Join(",", registers)}}}";

    /// <summary>The kind of one register or of several.</summary>
    /// <exception cref="InvalidOperationException">No instruction takes so many of the kind.</exception>
    public static PtxOperandKind KindOf(IReadOnlyList<PtxRegister> registers) => (registers[0].Kind, registers.Count) switch
    {
        (var kind, 1) => kind,
        (PtxOperandKind.B32, 2) => PtxOperandKind.B32x2,
        (PtxOperandKind.B32, 4) => PtxOperandKind.B32x4,
        (PtxOperandKind.F32, 2) => PtxOperandKind.F32x2,
        (PtxOperandKind.F32, 4) => PtxOperandKind.F32x4,
        (PtxOperandKind.F32, 64) => PtxOperandKind.F32x64,
        (PtxOperandKind.F32, 128) => PtxOperandKind.F32x128,
        (var kind, var count) => throw new InvalidOperationException($"there is no vector of {count} {kind}"),
    };
}

/// <summary>An integer or float literal, by its bits.</summary>
internal sealed class PtxLiteral(int bits, bool isFloat = false, bool isUnsigned = false) : PtxOperand
{
    public override PtxOperandKind Kind => isFloat ? PtxOperandKind.Float : PtxOperandKind.Integer;

    public int Bits => bits;

    public override int Alignment
    {
        get
        {
            int alignment = 0;
            while (alignment < 31 && ((bits >> alignment) & 1) == 0)
                alignment++;
            return alignment;
        }
    }

    public override string ToString() => isFloat
        ? "0f" + bits.ToString("X8", CultureInfo.InvariantCulture)
        : isUnsigned ? unchecked((uint)bits).ToString(CultureInfo.InvariantCulture) : bits.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A place in memory: what is in brackets, with a distance in bytes.</summary>
internal sealed class PtxAddress(PtxOperandKind kind, string place, int distance = 0) : PtxOperand
{
    public override PtxOperandKind Kind => kind;

    /// <summary>Of a register .b64: global memory; of one .b32: shared memory.</summary>
    public static PtxAddress Of(PtxRegister register, int distance) =>
        new(register.Kind == PtxOperandKind.B64 ? PtxOperandKind.GlobalAddress : PtxOperandKind.SharedAddress, register.ToString(), distance)
        {
            Register = register,
        };

    public PtxRegister? Register { get; private set; }

    /// <summary>Some bytes further on.</summary>
    public PtxAddress Plus(int bytes) => Of(Register!, checked(distance + bytes));

    public override int Alignment => Math.Min(Register!.Alignment, new PtxLiteral(distance).Alignment);

    public override string ToString() => distance == 0 ? $"[{place}]" : $"[{place}{distance.ToString("+0;-0", CultureInfo.InvariantCulture)}]";
}

/// <summary>A label, a special register, or the shared memory.</summary>
internal sealed class PtxName(PtxOperandKind kind, string text) : PtxOperand
{
    public override PtxOperandKind Kind => kind;

    public override string ToString() => text;
}

namespace KernelFoundry.Testing.Ptx;

/// <summary>A parsed module: one or more entries and the shared arrays they name.</summary>
/// <param name="Version">The version of the language.</param>
/// <param name="Target">The compute capability of <c>.target</c>: 70 for <c>sm_70</c>.</param>
/// <param name="IsSpecific">Whether it is for that capability alone: <c>sm_90a</c>.</param>
/// <param name="Shared">Shared arrays by name.</param>
/// <param name="Entries">The entries by name.</param>
internal sealed record PtxModule(
    decimal Version, int Target, bool IsSpecific, IReadOnlyDictionary<string, PtxShared> Shared, IReadOnlyDictionary<string, PtxEntry> Entries);

/// <summary>An array in shared memory; the one without a length gets what the launch says, behind the others.</summary>
internal sealed record PtxShared(string Name, int Alignment, int Bytes, bool IsDynamic);

/// <summary>A parameter, and where it lies among the entry's.</summary>
internal sealed record PtxParameter(string Name, PtxType Type, int Offset, int Line);

/// <summary>
/// A kernel. RequiredThreads is what <c>.reqntid</c> says, 0 if nothing; Labels hold the instruction each label stands before; lines count from 1.
/// </summary>
internal sealed record PtxEntry(
    string Name, IReadOnlyList<PtxParameter> Parameters, int RequiredThreads, PtxRegisters Registers, IReadOnlyList<PtxInstruction> Instructions,
    IReadOnlyDictionary<string, int> Labels, int Line);

/// <summary>An instruction. The opcode has all modifiers, as in <c>ld.global.f32</c>; without a guard, a predicate's name, it always runs.</summary>
internal sealed record PtxInstruction(string Opcode, IReadOnlyList<PtxOperand> Operands, string? Guard, bool IsNegated, int Line)
{
    public override string ToString() =>
        $"{(Guard is null ? "" : $"@{(IsNegated ? "!" : "")}{Guard} ")}{Opcode} {string.Join(", ", Operands)}".TrimEnd();
}

/// <summary>An operand.</summary>
internal abstract record PtxOperand;

/// <summary>A register, a special register, a label, a parameter or an array: what it is, the declarations say.</summary>
internal sealed record PtxName(string Name) : PtxOperand
{
    public override string ToString() => Name;
}

/// <summary>A literal's bits.</summary>
internal sealed record PtxLiteral(long Bits, PtxLiteralKind Kind) : PtxOperand
{
    public override string ToString() => Kind == PtxLiteralKind.Integer ? $"{Bits}" : $"{(Kind == PtxLiteralKind.Single ? "0f" : "0d")}{Bits:X}";
}

/// <summary>What a literal is written as.</summary>
internal enum PtxLiteralKind
{
    Integer,
    Single,
    Double,
}

/// <summary>[base + offset]; no base for an absolute address.</summary>
internal sealed record PtxAddress(string? Base, long Offset) : PtxOperand
{
    public override string ToString() => $"[{Base}{(Offset != 0 ? $"+{Offset}" : "")}]";
}

/// <summary>{a, b, c, d}.</summary>
internal sealed record PtxVector(IReadOnlyList<PtxOperand> Elements) : PtxOperand
{
    public override string ToString() => $"{{{string.Join(", ", Elements)}}}";
}

/// <summary>a|b: a result and a predicate.</summary>
internal sealed record PtxPair(PtxOperand First, PtxOperand Second) : PtxOperand
{
    public override string ToString() => $"{First}|{Second}";
}

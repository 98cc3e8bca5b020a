namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// One form of an instruction: its opcode with all modifiers, what it writes (None for nothing; several registers stand in braces) and what it reads.
/// </summary>
public sealed record PtxForm(string Opcode, PtxOperandKind Result, IReadOnlyList<PtxOperandKind> Operands)
{
    private const string Letters = "h r d f p r1 r2 r4 f2 f4 f64 f128 i l s v a g m";

    private static readonly PtxOperandKind[] Kinds =
    [
        PtxOperandKind.B16, PtxOperandKind.B32, PtxOperandKind.B64, PtxOperandKind.F32, PtxOperandKind.Pred,
        PtxOperandKind.B32x1, PtxOperandKind.B32x2, PtxOperandKind.B32x4, PtxOperandKind.F32x2, PtxOperandKind.F32x4, PtxOperandKind.F32x64,
        PtxOperandKind.F32x128, PtxOperandKind.Integer, PtxOperandKind.Label,
        PtxOperandKind.Special, PtxOperandKind.Symbol, PtxOperandKind.ParameterAddress, PtxOperandKind.GlobalAddress, PtxOperandKind.SharedAddress,
    ];

    /// <summary>The least compute capability that has it, as 70 for 7.0.</summary>
    public int Target { get; init; } = PtxInstructions.Baseline;

    /// <summary>
    /// A form from a row of the table, such as "f = F F": registers h (.b16), r (.b32), d (.b64), f (.f32), p (.pred); R, D and F are a register or a
    /// literal; r1, r2, r4, f2, f4, f64 and f128 that many in braces; i an integer literal; l a label; s a special register; v the shared memory's name; a, g and m addresses of parameters, global and shared
    /// memory.
    /// </summary>
    public static PtxForm Parse(string opcode, string shape)
    {
        int equals = shape.IndexOf('=');
        string result = equals < 0 ? "" : shape.Substring(0, equals).Trim();
        string[] operands = shape.Substring(equals + 1).Split([' '], StringSplitOptions.RemoveEmptyEntries);
        return new PtxForm(opcode, result.Length == 0 ? PtxOperandKind.None : Kind(result), [.. operands.Select(Kind)]);
    }

    /// <summary>Whether operands of these kinds fit.</summary>
    public bool Takes(PtxOperandKind result, IReadOnlyList<PtxOperandKind> operands)
    {
        if (result != Result || operands.Count != Operands.Count)
            return false;
        for (int i = 0; i < operands.Count; i++)
        {
            if ((operands[i] & Operands[i]) == 0)
                return false;
        }

        return true;
    }

    private static PtxOperandKind Kind(string letter) => letter switch
    {
        "R" => PtxOperandKind.B32 | PtxOperandKind.Integer,
        "D" => PtxOperandKind.B64 | PtxOperandKind.Integer,
        "F" => PtxOperandKind.F32 | PtxOperandKind.Float,
        _ => Kinds[Array.IndexOf(Letters.Split(' '), letter)],
    };
}

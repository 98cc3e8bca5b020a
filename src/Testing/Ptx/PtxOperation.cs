namespace KernelFoundry.Testing.Ptx;

/// <summary>An instruction of the subset: what its operands must be, and how it is run.</summary>
/// <param name="Opcode">With all modifiers that mean something.</param>
/// <param name="Rules">One an operand.</param>
/// <param name="Create">Makes the step from the operands' places; a pair's second is the last.</param>
/// <param name="Target">The least compute capability.</param>
internal sealed record PtxOperation(string Opcode, PtxRule[] Rules, Func<PtxSlot[], PtxStep> Create, int Target)
{
    public PtxOperation(string opcode, string rules, Func<PtxSlot[], PtxStep> create, int target = 30)
        : this(opcode, [.. rules.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(PtxRule.Parse)], create, target)
    {
    }

    /// <summary>The first version of the language that has it.</summary>
    public decimal Version { get; init; } = 6.0m;

    /// <summary>Whether only modules for one compute capability alone may have it: those for <c>sm_90a</c>.</summary>
    public bool IsSpecific { get; init; }
}

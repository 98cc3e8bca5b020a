namespace KernelFoundry.Testing.Ptx;

/// <summary>An instruction's operands beside the rules they must keep.</summary>
internal static class PtxOperands
{
    /// <summary>Registers an instruction writes.</summary>
    public static IEnumerable<string> Written(PtxOperation operation, PtxInstruction instruction) => Registers(operation, instruction, isWritten: true);

    /// <summary>Registers an instruction reads, its guard included.</summary>
    public static IEnumerable<string> Read(PtxOperation operation, PtxInstruction instruction)
    {
        IEnumerable<string> read = Registers(operation, instruction, isWritten: false);
        return instruction.Guard is { } guard ? read.Append(guard) : read;
    }

    private static IEnumerable<string> Registers(PtxOperation operation, PtxInstruction instruction, bool isWritten)
    {
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            PtxRule rule = operation.Rules[i];
            foreach (string name in Names(instruction.Operands[i]))
            {
                bool isRegister = rule.Kind is PtxRuleKind.Register or PtxRuleKind.Global or PtxRuleKind.Shared;
                if (isRegister && (rule.IsUpdated || rule.IsWritten == isWritten))
                    yield return name;
            }
        }
    }

    private static IEnumerable<string> Names(PtxOperand operand) => operand switch
    {
        PtxName name => [name.Name],
        PtxAddress { Base: { } start } => [start],
        PtxVector vector => vector.Elements.SelectMany(Names),
        PtxPair pair => Names(pair.First).Concat(Names(pair.Second)),
        _ => [],
    };
}

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// Holds an entry to the rules that a driver's compiler holds it to and to some that it does not: every instruction known and within the module's target, every
/// operand of the right kind, type and space, every label and parameter there, every register written before it is read on every way, and no barrier where
/// threads part by their number.
/// </summary>
internal sealed class PtxChecker
{
    private readonly PtxModule module;
    private readonly PtxEntry entry;
    private readonly PtxOperation[] operations;

    private PtxChecker(PtxModule module, PtxEntry entry)
    {
        this.module = module;
        this.entry = entry;
        operations = [.. entry.Instructions.Select(Operation)];
    }

    /// <summary>The operations of an entry's instructions, if it keeps the rules.</summary>
    /// <exception cref="PtxException">It breaks one.</exception>
    public static PtxOperation[] Check(PtxModule module, PtxEntry entry)
    {
        if (entry.Instructions.Count == 0)
            throw new PtxException(entry.Line, $"entry {entry.Name} has no instructions");
        var checker = new PtxChecker(module, entry);
        for (int i = 0; i < entry.Instructions.Count; i++)
            checker.CheckOperands(entry.Instructions[i], checker.operations[i]);
        PtxInstruction last = entry.Instructions[^1];
        if (last.Guard is not null || !(PtxFlow.IsBranch(last) || PtxFlow.IsReturn(last)))
            throw new PtxException(last.Line, "the entry does not end with ret");
        var flow = new PtxFlow(entry);
        new PtxAssignment(entry, checker.operations, flow).Check();
        new PtxUniformity(entry, checker.operations, flow).Check();
        return checker.operations;
    }

    private PtxOperation Operation(PtxInstruction instruction)
    {
        PtxOperation operation = PtxOperations.Find(instruction.Opcode)
            ?? throw new PtxException(instruction.Line, $"{instruction.Opcode} is no instruction of the subset");
        if (operation.Target > module.Target)
            throw new PtxException(instruction.Line, $"{instruction.Opcode} needs sm_{operation.Target}, and the module's target is sm_{module.Target}");
        if (operation.IsSpecific && !(module.IsSpecific && module.Target == operation.Target))
            throw new PtxException(instruction.Line, $"{instruction.Opcode} is of sm_{operation.Target}a alone, and the module's target is sm_{module.Target}{(module.IsSpecific ? "a" : "")}");
        if (operation.Version > module.Version)
            throw new PtxException(instruction.Line, FormattableString.Invariant($"{instruction.Opcode} needs .version {operation.Version}, and the module's is {module.Version}"));
        return operation;
    }

    private void CheckOperands(PtxInstruction instruction, PtxOperation operation)
    {
        if (instruction.Guard is { } guard && entry.Registers.Find(guard) != PtxType.Pred)
            throw new PtxException(instruction.Line, $"the guard {guard} is no declared predicate");
        int least = operation.Rules.Count(rule => !rule.IsOptional);
        if (instruction.Operands.Count < least || instruction.Operands.Count > operation.Rules.Length)
            throw new PtxException(instruction.Line, $"{instruction.Opcode} has {operation.Rules.Length} operands, not {instruction.Operands.Count}");
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            if (Fault(operation.Rules[i], instruction.Operands[i], instruction) is { } fault)
                throw new PtxException(instruction.Line, $"{instruction}: operand {i + 1} {fault}");
        }
    }

    private string? Fault(PtxRule rule, PtxOperand operand, PtxInstruction instruction) => (rule.Kind, operand) switch
    {
        (PtxRuleKind.Immediate, PtxLiteral { Kind: PtxLiteralKind.Integer }) => null,
        (PtxRuleKind.Immediate, _) => "is no integer literal",
        (PtxRuleKind.Label, PtxName label) => entry.Labels.TryGetValue(label.Name, out int at)
            ? at < entry.Instructions.Count ? null : $"is the label {label.Name} behind the last instruction"
            : $"is {label.Name}, which is no label",
        (PtxRuleKind.Parameter, PtxAddress address) => ParameterFault(address, instruction),
        (PtxRuleKind.Global, PtxAddress address) => AddressFault(address, 8),
        (PtxRuleKind.Shared, PtxAddress address) => AddressFault(address, 4),
        (PtxRuleKind.Register, PtxVector vector) => !rule.IsVector || vector.Elements.Count != rule.Count
            ? $"has {vector.Elements.Count} elements"
            : vector.Elements.Select(element => RegisterFault(rule, element)).FirstOrDefault(fault => fault is not null),
        (PtxRuleKind.Register, PtxPair pair) when rule.MayPair => RegisterFault(rule, pair.First)
            ?? (pair.Second is PtxName { Name: var p } && entry.Registers.Find(p) == PtxType.Pred ? null : "is not paired with a predicate"),
        (PtxRuleKind.Register, _) when !rule.IsVector => RegisterFault(rule, operand, instruction),
        (PtxRuleKind.Register, _) => "is no vector",
        _ => $"is {operand}, which is no {rule.Kind.ToString().ToLowerInvariant()} address",
    };

    private string? ParameterFault(PtxAddress address, PtxInstruction instruction)
    {
        if (entry.Parameters.FirstOrDefault(parameter => parameter.Name == address.Base) is not { } found)
            return $"is {address}, which is no parameter";
        PtxType loaded = PtxTypes.Find(instruction.Opcode[(instruction.Opcode.LastIndexOf('.') + 1)..])!.Value;
        if (address.Offset != 0)
            return $"is {address}, beyond the parameter";
        return PtxTypes.Fits(found.Type, loaded) ? null : $"is a parameter of .{PtxTypes.Name(found.Type)}";
    }

    private string? AddressFault(PtxAddress address, int bytes)
    {
        if (address.Base is null)
            return null;
        if (bytes == 4 && module.Shared.ContainsKey(address.Base))
            return null;
        return entry.Registers.Find(address.Base) is not { } type ? $"is {address}, whose base is no declared register"
            : PtxTypes.Bytes(type) != bytes || PtxTypes.IsFloat(type) ? $"is {address}, whose base is a register of .{PtxTypes.Name(type)}"
            : null;
    }

    private string? RegisterFault(PtxRule rule, PtxOperand operand, PtxInstruction? instruction = null)
    {
        if (operand is PtxLiteral literal)
            return LiteralFault(rule, literal);
        if (operand is not PtxName { Name: var name })
            return $"is {operand}";
        if (entry.Registers.Find(name) is { } type)
        {
            bool fits = PtxTypes.Fits(type, rule.Type)
                || (rule.IsRelaxed && PtxTypes.Bytes(type) > PtxTypes.Bytes(rule.Type) && !PtxTypes.IsFloat(type) && !PtxTypes.IsFloat(rule.Type));
            return fits ? null : $"is {name} of .{PtxTypes.Name(type)}, and .{PtxTypes.Name(rule.Type)} is wanted";
        }

        bool isMove = instruction is not null && instruction.Opcode.StartsWith("mov.", StringComparison.Ordinal) && !rule.IsWritten;
        if (isMove && PtxSpecials.IsSpecial(name))
            return PtxTypes.Fits(PtxType.U32, rule.Type) ? null : $"is {name} of .u32, and .{PtxTypes.Name(rule.Type)} is wanted";
        if (isMove && module.Shared.ContainsKey(name))
            return PtxTypes.Fits(PtxType.U32, rule.Type) ? null : $"is an address of shared memory, and .{PtxTypes.Name(rule.Type)} is wanted";
        return $"is {name}, which is not declared";
    }

    private static string? LiteralFault(PtxRule rule, PtxLiteral literal)
    {
        if (rule.IsWritten)
            return "is a literal, and is written";
        int bytes = PtxTypes.Bytes(rule.Type);
        return literal.Kind switch
        {
            PtxLiteralKind.Single => rule.Type is PtxType.F32 or PtxType.B32 ? null : $"is a literal of .f32, and .{PtxTypes.Name(rule.Type)} is wanted",
            PtxLiteralKind.Double => rule.Type is PtxType.F64 or PtxType.B64 ? null : $"is a literal of .f64, and .{PtxTypes.Name(rule.Type)} is wanted",
            _ when PtxTypes.IsFloat(rule.Type) => $"is an integer, and .{PtxTypes.Name(rule.Type)} is wanted",
            _ when bytes <= 4 && literal.Bits is < int.MinValue or > uint.MaxValue => $"is {literal.Bits}, which has more than 32 bits",
            _ => null,
        };
    }
}

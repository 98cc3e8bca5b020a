namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>A line of a body.</summary>
internal abstract class PtxLine;

/// <summary>An instruction, run where its guard, if any, is true (or, negated, false).</summary>
internal sealed class PtxInstruction : PtxLine
{
    private readonly string _opcode;
    private readonly PtxOperand[] _operands;
    private PtxRegister[] _results;
    private readonly PtxRegister? _guard;
    private readonly bool _isNegated;

    /// <exception cref="InvalidOperationException">The table has no such form.</exception>
    public PtxInstruction(string opcode, PtxRegister result, PtxOperand[] operands, PtxRegister? guard = null, bool isNegated = false)
        : this(opcode, [result], operands, guard, isNegated)
    {
    }

    /// <inheritdoc cref="PtxInstruction(string, PtxRegister, PtxOperand[], PtxRegister?, bool)"/>
    public PtxInstruction(string opcode, PtxRegister[] results, PtxOperand[] operands, PtxRegister? guard = null, bool isNegated = false)
    {
        PtxOperandKind[] kinds = [.. operands.Select(o => o.Kind)];
        PtxOperandKind result = results.Length == 0 ? PtxOperandKind.None : PtxVector.KindOf(results);
        PtxForm form = PtxInstructions.Of(opcode).FirstOrDefault(each => each.Takes(result, kinds))
            ?? throw new InvalidOperationException($"there is no form {result} = {opcode} {string.Join(" ", kinds)}");
        Target = form.Target;
        _opcode = opcode;
        _results = results;
        _operands = operands;
        _guard = guard;
        _isNegated = isNegated;
    }

    /// <summary>The one register it writes, if it is one.</summary>
    public PtxRegister? Result => _results.Length == 1 ? _results[0] : null;

    public bool IsGuarded => _guard is not null;

    /// <summary>The least compute capability that has it.</summary>
    public int Target { get; }

    /// <summary>Makes it write another register of the same kind.</summary>
    public void Retarget(PtxRegister register) => _results = [register];

    public override string ToString()
    {
        string guard = _guard is null ? "" : _isNegated ? $"@!{_guard} " : $"@{_guard} ";
        IEnumerable<object> all = _results.Length == 0 ? _operands : _operands.Prepend<object>(_results.Length == 1 ? _results[0] : new PtxVector(_results));
        string operands = string.Join(", ", all);
        return operands.Length == 0 ? $"{guard}{_opcode};" : $"{guard}{_opcode} {operands};";
    }
}

/// <summary>Where a branch leads.</summary>
internal sealed class PtxLabel(PtxName name) : PtxLine
{
    public override string ToString() => name + ":";
}

/// <summary>The line of the kernel's source that what follows is of.</summary>
internal sealed class PtxSourceLine(int line) : PtxLine
{
    public override string ToString() => FormattableString.Invariant($"// line {line}");
}

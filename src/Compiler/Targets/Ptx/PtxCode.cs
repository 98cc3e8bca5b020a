using System.Globalization;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// A body under construction: numbers registers, checks every instruction against the table, computes no pure value twice, and computes it in the
/// outermost loop that does not change its operands.
/// </summary>
internal sealed class PtxCode
{
    private static readonly PtxOperandKind[] RegisterKinds =
        [PtxOperandKind.Pred, PtxOperandKind.B16, PtxOperandKind.B32, PtxOperandKind.B64, PtxOperandKind.F32];

    private readonly Dictionary<PtxOperandKind, int> _counts = RegisterKinds.ToDictionary(kind => kind, _ => 0);
    private readonly PtxFrame _root = new(null, isBranch: false);
    private PtxFrame _current;
    private int _labels;

    public PtxCode() => _current = _root;

    public IReadOnlyList<PtxLine> Lines => _root.Lines;

    /// <summary>The declaration of every kind of register used.</summary>
    public IEnumerable<string> Declarations() => RegisterKinds.Where(kind => _counts[kind] > 0).Select(kind =>
        $".reg .{kind.ToString().ToLowerInvariant()} {PtxRegister.Prefix(kind)}<{(_counts[kind] + 1).ToString(CultureInfo.InvariantCulture)}>;");

    public PtxRegister NewRegister(PtxOperandKind kind, bool isMutable = false) => new(kind, ++_counts[kind], _current, isMutable);

    public PtxName NewLabel() => new(PtxOperandKind.Label, "$L" + (++_labels).ToString(CultureInfo.InvariantCulture));

    // ---- frames

    public void Enter(bool isBranch) => _current = new PtxFrame(_current, isBranch);

    /// <summary>What a computation gives that may stand at the very beginning.</summary>
    public PtxOperand InRoot(Func<PtxOperand> compute)
    {
        PtxFrame inner = _current;
        _current = _root;
        PtxOperand value = compute();
        _current = inner;
        return value;
    }

    /// <summary>Leaves the innermost frame and gives its lines, to be put where they belong.</summary>
    public List<PtxLine> Leave()
    {
        List<PtxLine> lines = _current.Lines;
        _current = _current.Parent!;
        return lines;
    }

    public void Append(IEnumerable<PtxLine> lines) => _current.Lines.AddRange(lines);

    public void Append(PtxLine line) => _current.Lines.Add(line);

    // ---- instructions

    /// <summary>A value that depends on nothing but its operands.</summary>
    public PtxRegister Pure(PtxOperandKind kind, string opcode, params PtxOperand[] operands)
    {
        PtxRegister[] read = [.. operands.OfType<PtxRegister>()];
        if (read.Any(register => register.IsMutable))
            return Fresh(kind, opcode, operands);
        PtxFrame frame = _current;
        while (!frame.IsBranch && frame.Parent is { } outer && read.All(register => register.Frame != frame))
            frame = outer;
        return Known(kind, opcode, operands, frame);
    }

    /// <summary>A value of the whole launch or work-item, read at the very beginning.</summary>
    public PtxRegister Leaf(PtxOperandKind kind, string opcode, params PtxOperand[] operands) => Known(kind, opcode, operands, _root);

    /// <summary>A value that is read here and now.</summary>
    public PtxRegister Fresh(PtxOperandKind kind, string opcode, params PtxOperand[] operands)
    {
        PtxRegister result = NewRegister(kind);
        Append(new PtxInstruction(opcode, result, operands));
        return result;
    }

    /// <summary>Registers that are read at once.</summary>
    public PtxRegister[] FreshVector(PtxOperandKind kind, int count, string opcode, params PtxOperand[] operands)
    {
        PtxRegister[] results = [.. Enumerable.Range(0, count).Select(_ => NewRegister(kind))];
        Append(new PtxInstruction(opcode, results, operands));
        return results;
    }

    /// <summary>An effect.</summary>
    public void Do(string opcode, params PtxOperand[] operands) => Append(new PtxInstruction(opcode, [], operands));

    public void DoIf(PtxRegister guard, bool isNegated, string opcode, params PtxOperand[] operands) =>
        Append(new PtxInstruction(opcode, [], operands, guard, isNegated));

    /// <summary>Writes a register that exists.</summary>
    public void Set(PtxRegister target, string opcode, params PtxOperand[] operands) => Append(new PtxInstruction(opcode, target, operands));

    public void SetIf(PtxRegister guard, PtxRegister target, string opcode, params PtxOperand[] operands) =>
        Append(new PtxInstruction(opcode, target, operands, guard));

    // ---- variables

    /// <summary>Where the code is, for <see cref="Move"/>.</summary>
    public int Position => _current.Lines.Count;

    /// <summary>Gives a mutable register a value that was computed since a position: by the instruction that computed it, or by a move.</summary>
    public void Move(PtxRegister target, PtxOperand value, int since)
    {
        if (Position > since && value is PtxRegister { IsKnown: false }
            && _current.Lines[Position - 1] is PtxInstruction { IsGuarded: false } last && last.Result == value)
        {
            last.Retarget(target);
            return;
        }

        Set(target, MoveOf(target.Kind), value);
    }

    public static string MoveOf(PtxOperandKind kind) => kind switch
    {
        PtxOperandKind.Pred => "mov.pred",
        PtxOperandKind.F32 => "mov.f32",
        PtxOperandKind.B16 => "mov.b16",
        _ => "mov.b32",
    };

    private PtxRegister Known(PtxOperandKind kind, string opcode, PtxOperand[] operands, PtxFrame frame)
    {
        string key = $"{opcode} {string.Join(", ", (object[])operands)}{(kind == PtxOperandKind.F32 ? " f" : "")}";
        for (PtxFrame? outer = _current; outer is not null; outer = outer.Parent)
        {
            if (outer.Known.TryGetValue(key, out PtxRegister? known))
                return known;
        }

        var result = new PtxRegister(kind, ++_counts[kind], frame, isMutable: false) { IsKnown = true };
        frame.Lines.Add(new PtxInstruction(opcode, result, operands));
        frame.Known.Add(key, result);
        return result;
    }
}

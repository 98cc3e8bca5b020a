using System.Globalization;
using System.Text;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>What C-like targets share: indentation, statements, literals, and the order of arguments. Subclasses supply tables of expressions.</summary>
internal abstract class CodeWriter(Program program)
{
    // What C and C# write alike. {0}, {1}, {2}: operands.
    private static readonly Dictionary<OpCode, string> Operators = new()
    {
        [OpCode.Neg] = "(-{0})",
        [OpCode.Not] = "(~{0})",
        [OpCode.Add] = "({0} + {1})",
        [OpCode.Sub] = "({0} - {1})",
        [OpCode.Mul] = "({0} * {1})",
        [OpCode.Div] = "({0} / {1})",
        [OpCode.And] = "({0} & {1})",
        [OpCode.Or] = "({0} | {1})",
        [OpCode.Xor] = "({0} ^ {1})",
        [OpCode.Shl] = "({0} << {1})",
        [OpCode.Shr] = "({0} >> {1})",
        [OpCode.Eq] = "({0} == {1})",
        [OpCode.Ne] = "({0} != {1})",
        [OpCode.Lt] = "({0} < {1})",
        [OpCode.Le] = "({0} <= {1})",
        [OpCode.Gt] = "({0} > {1})",
        [OpCode.Ge] = "({0} >= {1})",
        [OpCode.Select] = "({0} ? {1} : {2})",
    };

    private StringBuilder _text = new();
    private int _indent;
    private int _line;

    protected Program Program { get; } = program;

    public override string ToString() => _text.ToString();

    protected void Line(string text = "")
    {
        if (text.Length > 0)
            _text.Append(' ', 4 * _indent).Append(text);
        _text.Append('\n');
    }

    /// <summary>What <paramref name="write"/> writes, for insertion later.</summary>
    protected string Captured(Action write)
    {
        StringBuilder outer = _text;
        _text = new StringBuilder();
        write();
        string text = _text.ToString();
        _text = outer;
        return text;
    }

    protected void Raw(string text) => _text.Append(text);

    protected int Depth => _indent;

    protected void IndentBy(int levels) => _indent += levels;

    protected void Open(string header)
    {
        Line(header);
        Line("{");
        _indent++;
    }

    protected void Close()
    {
        _indent--;
        Line("}");
    }

    protected abstract string TypeName(DType type);

    protected abstract string Scalar(Expr expression);

    protected abstract void WriteLet(Let let);

    protected abstract void WriteAssign(Assign assign);

    protected abstract void WriteStoreView(StoreView store);

    protected abstract void WriteStoreLocal(StoreLocal store);

    protected abstract void WriteBarrier();

    /// <summary>Before a counted loop: the place for what is the same in every turn.</summary>
    protected virtual void EnterLoop(For loop)
    {
    }

    protected virtual void LeaveLoop(For loop)
    {
    }

    protected virtual void WriteBody(For loop) => WriteAll(loop.Body);

    protected virtual void WriteFor(For loop)
    {
        string name = loop.Index.Name;
        EnterLoop(loop);
        string step = loop.Step is Literal { Value.I32: 1 } ? $"{name}++" : $"{name} += {Scalar(loop.Step)}";
        Open($"for ({TypeName(loop.Index.Type)} {name} = {Scalar(loop.From)}; {name} < {Scalar(loop.To)}; {step})");
        WriteBody(loop);
        Close();
        LeaveLoop(loop);
    }

    protected virtual void WriteContract(Contract contract) => throw new NotSupportedException("the thread form has no matrix statements");

    protected virtual void WriteTranspose(TransposeMatrix transpose) => throw new NotSupportedException("the thread form has no matrix statements");

    protected virtual void WriteCombineRows(CombineRows combine) => throw new NotSupportedException("the thread form has no statements over rows");

    protected virtual void WriteQuantizeRows(QuantizeRows quantize) => throw new NotSupportedException("the thread form has no statements over rows");

    protected virtual void WriteContractBytes(ContractBytes product) => throw new NotSupportedException("the thread form has no matrix statements");

    protected virtual void WritePrefetch(Prefetch ahead) => throw new NotSupportedException("the thread form has no prefetches");

    protected virtual void WriteRoundRow(RoundRow round) => throw new NotSupportedException("the thread form has no statements over rows");

    protected virtual void WriteShuffle(Shuffle shuffle) => throw new NotSupportedException("this target knows no warps");

    protected virtual void WriteAll(IEnumerable<Stmt> statements)
    {
        foreach (Stmt statement in statements)
            Write(statement);
    }

    private void Write(Stmt statement)
    {
        if (statement.Location.Line != _line && statement.Location.Line > 0)
        {
            _line = statement.Location.Line;
            Line($"// line {_line.ToString(CultureInfo.InvariantCulture)}");
        }

        switch (statement)
        {
            case Let let:
                WriteLet(let);
                break;
            case Assign assign:
                WriteAssign(assign);
                break;
            case For loop:
                WriteFor(loop);
                break;
            case While loop:
                Open("while (true)");
                WriteAll(loop.Head);
                Line($"if (!{Scalar(loop.Condition)}) break;");
                WriteAll(loop.Body);
                Close();
                break;
            case If branch:
                Open($"if ({Bare(Scalar(branch.Condition))})");
                WriteAll(branch.Then);
                Close();
                if (branch.Else.Count > 0)
                {
                    Open("else");
                    WriteAll(branch.Else);
                    Close();
                }

                break;
            case StoreView store:
                WriteStoreView(store);
                break;
            case StoreLocal store:
                WriteStoreLocal(store);
                break;
            case Contract contract:
                WriteContract(contract);
                break;
            case TransposeMatrix transpose:
                WriteTranspose(transpose);
                break;
            case CombineRows combine:
                WriteCombineRows(combine);
                break;
            case QuantizeRows quantize:
                WriteQuantizeRows(quantize);
                break;
            case ContractBytes product:
                WriteContractBytes(product);
                break;
            case Prefetch ahead:
                WritePrefetch(ahead);
                break;
            case RoundRow round:
                WriteRoundRow(round);
                break;
            case Shuffle shuffle:
                WriteShuffle(shuffle);
                break;
            case Lowering.Barrier:
                WriteBarrier();
                break;
        }
    }

    /// <summary>Without the outer parentheses, which statements do not need.</summary>
    protected static string Bare(string expression)
    {
        if (expression.Length < 2 || expression[0] != '(' || expression[expression.Length - 1] != ')')
            return expression;
        int depth = 0;
        for (int i = 0; i < expression.Length; i++)
        {
            depth += expression[i] == '(' ? 1 : expression[i] == ')' ? -1 : 0;
            if (depth == 0 && i < expression.Length - 1)
                return expression;
        }

        return expression.Substring(1, expression.Length - 2);
    }

    /// <summary>An op on rendered scalars: an operator, or a function of the target, which may be another for integers.</summary>
    protected static string Applied(
        OpCode code, DType type, string[] operands, IReadOnlyDictionary<OpCode, (string Float, string? Integer)> functions)
    {
        if (!Operators.TryGetValue(code, out string? template))
        {
            (string real, string? integer) = functions[code];
            template = type == DType.F32 ? real : integer ?? real;
        }

        return string.Format(CultureInfo.InvariantCulture, template, operands);
    }

    protected static string Int(int value) => value == int.MinValue ? "(-2147483647 - 1)" : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A float that reads back to the same bits.</summary>
    protected static string Decimal(float value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        if (float.Parse(text, CultureInfo.InvariantCulture) != value)
            text = value.ToString("G9", CultureInfo.InvariantCulture);
        return text.IndexOfAny(['.', 'E', 'e']) < 0 ? text + ".0f" : text + "f";
    }

    /// <summary>Element offset of an index list in a view, in the view's own elements or bytes.</summary>
    protected static string Offset(string view, Exprs indices, Func<Expr, string> render, bool bytes)
    {
        var parts = new List<string>();
        for (int axis = 0; axis < indices.Length; axis++)
        {
            if (indices[axis] is Literal { Value.Bits: 0 })
                continue;
            string index = render(indices[axis]);
            parts.Add(axis == indices.Length - 1 ? index : $"{index} * {view}_{(bytes ? 'b' : 's')}{Int(axis)}");
        }

        return parts.Count == 0 ? "0" : string.Join(" + ", parts);
    }

    /// <summary>The slots of a launch, in their order.</summary>
    protected IEnumerable<(Parameter Parameter, string Name, char Kind, int Slot)> Slots() => LaunchSlots.Of(Program.Kernel);
}

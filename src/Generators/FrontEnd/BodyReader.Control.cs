using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using ValueType = KernelFoundry.Compiler.Ir.ValueType;

namespace KernelFoundry.Generators.FrontEnd;

// Loops and branches. A For op is [start, end, step, inits...] with a body of (i, carried...); a While op is [inits...] with a condition
// and a body of (carried...) each; an If op is [condition] with two branches. Their results are the carried or chosen values.
internal sealed partial class BodyReader
{
    private void For(IForLoopOperation loop)
    {
        RequireControl("A loop");
        if (CountedLoop.Match(loop) is { } counted)
        {
            Counted(loop, counted);
            return;
        }

        foreach (IOperation before in loop.Before)
            Statement(before);
        if (loop.Condition is not { } condition)
        {
            throw Mistakes.Error(Rules.Unsupported, Here, "A for loop without a condition",
                "give it one, with the same value for every element");
        }

        While(loop, condition, loop.AtLoopBottom);
    }

    private void Counted(IForLoopOperation loop, CountedLoop counted)
    {
        Value start = Scalar(counted.Start), end = Scalar(counted.End), step = counted.Step is null
            ? _builder.Constant(1)
            : Scalar(counted.Step);
        if (counted.IncludesEnd)
            end = _builder.Emit(OpCode.Add, null, end, _builder.Constant(1));
        if (Literal(step) is <= 0)
            throw Mistakes.Error(Rules.Unsupported, counted.Step!.Syntax.GetLocation(), "A step that is not positive", "count upwards");
        Carried carried = CarriedBy(loop.Body, loop.Body);
        var index = new Value(ValueType.Scalar(DType.I32), counted.Index.Name);
        _ranges.AddLoop(index, start, end, step, counted);
        _terms[counted.Index] = new ValueTerm(index);
        Block body = Region(true, [index, .. Rebind(carried)], OpCode.Yield, () =>
        {
            Statements(loop.Body);
            return Current(carried);
        });
        Finish(carried, _builder.Control(OpCode.For, [start, end, step, .. carried.Inits], [body], carried.Types));
    }

    private void While(ILoopOperation loop, IOperation condition, IEnumerable<IOperation> bottom)
    {
        RequireControl("A loop");
        Carried carried = CarriedBy(loop, loop.Body);
        Block test = Region(true, Rebind(carried), OpCode.Condition, () => [Condition(condition)]);
        Block body = Region(true, Rebind(carried), OpCode.Yield, () =>
        {
            Statements(loop.Body);
            foreach (IOperation statement in bottom)
                Statement(statement);
            return Current(carried);
        });
        Finish(carried, _builder.Control(OpCode.While, carried.Inits, [test, body], carried.Types));
    }

    private void Branch(IConditionalOperation branch)
    {
        Value condition = Condition(branch.Condition);
        if (Literal(condition) is { } known)
        {
            if ((known != 0 ? branch.WhenTrue : branch.WhenFalse) is { } live)
                Statements(live);
            return;
        }

        RequireControl("A branch");
        ISymbol[] assigned = AssignedOutside(branch, branch);
        Term[] before = [.. assigned.Select(s => _terms[s])];
        (Block then, Term[] whenTrue) = Arm(branch.WhenTrue, assigned, before);
        (Block otherwise, Term[] whenFalse) = Arm(branch.WhenFalse, assigned, before);
        var chosen = new List<ISymbol>();
        var values = (True: new List<Value>(), False: new List<Value>());
        for (int i = 0; i < assigned.Length; i++)
        {
            (Term a, Term b) = (whenTrue[i], whenFalse[i]);
            _terms[assigned[i]] = a is BrokenTerm || b is BrokenTerm ? new BrokenTerm() : new UnassignedTerm();
            if (a is BrokenTerm or UnassignedTerm || b is BrokenTerm or UnassignedTerm)
                continue;
            chosen.Add(assigned[i]);
            values.True.Add(ToValue(a));
            values.False.Add(ToValue(b));
            KeepShape($"'{assigned[i].Name}'", values.True.Last().Type, values.False.Last().Type, branch);
        }

        then.Terminator.Operands = [.. values.True];
        otherwise.Terminator.Operands = [.. values.False];
        Bind(chosen, _builder.Control(OpCode.If, [condition], [then, otherwise], [.. values.True.Select(v => v.Type)]));
    }

    private void RequireControl(string what)
    {
        if (_kind == BodyKind.Decode)
            throw Mistakes.Error(Rules.Pointwise, Here, what, "Decode is straight-line code; choose values with ?:");
    }

    // Both arms start from the same values; what each yields is known only when both are read.
    private (Block Block, Term[] Terms) Arm(IOperation? statement, ISymbol[] assigned, Term[] before)
    {
        for (int i = 0; i < assigned.Length; i++)
            _terms[assigned[i]] = before[i];
        Block block = Region(false, [], OpCode.Yield, () =>
        {
            if (statement is not null)
                Statements(statement);
            return [];
        });
        return (block, [.. assigned.Select(s => _terms[s])]);
    }

    /// <summary>Values chosen by a scalar condition, where at least one of them must not be computed needlessly.</summary>
    private Value Choose(Value condition, IOperation whenTrue, IOperation whenFalse)
    {
        Value a = null!, b = null!;
        Block then = Region(false, [], OpCode.Yield, () => [a = ToValue(Evaluate(whenTrue))]);
        Block otherwise = Region(false, [], OpCode.Yield, () => [b = ToValue(Evaluate(whenFalse))]);
        KeepShape("the result of ?:", a.Type, b.Type, whenFalse);
        return _builder.Control(OpCode.If, [condition], [then, otherwise], a.Type)[0];
    }

    // A condition decides for a whole program, so it has one value, not one per element.
    private Value Condition(IOperation condition)
    {
        IOperation inner = Unconverted(condition);
        if (IsPerElement(inner))
            throw Mistakes.Error(Rules.NonUniform, condition.Syntax.GetLocation());
        return At(condition, () => ToValue(Evaluate(condition)));
    }

    // Code whose type C# itself rejects (a tile as a condition) still has to be told apart here, to say what to write instead.
    private static bool IsPerElement(IOperation operation) => Language.TileOf(operation.Type) is not null
        || operation is IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both
            && (IsPerElement(Unconverted(both.LeftOperand)) || IsPerElement(Unconverted(both.RightOperand)));

    private static IOperation Unconverted(IOperation operation) => operation is IConversionOperation conversion
        ? Unconverted(conversion.Operand)
        : operation;

    private Block Region(bool isLoop, Value[] arguments, OpCode terminator, Func<Value[]> read)
    {
        Block block = _builder.Enter(isLoop, arguments);
        _controlDepth++;
        Value[] values = [];
        try
        {
            values = read();
        }
        finally
        {
            _controlDepth--;
            _builder.Leave(terminator, values);
        }

        return block;
    }

    private ISymbol[] AssignedOutside(IOperation assigning, IOperation declaring) =>
        [.. Assigned.In(assigning).Except(Assigned.DeclaredIn(declaring), SymbolEqualityComparer.Default).Select(s => s!)
            .Where(_terms.ContainsKey)];

    private Carried CarriedBy(IOperation assigning, IOperation declaring)
    {
        ISymbol[] assigned = AssignedOutside(assigning, declaring);
        ISymbol[] symbols = [.. assigned.Where(s => _terms[s] is not UnassignedTerm)];
        return new Carried(symbols, [.. symbols.Select(s => ToValue(_terms[s]))],
            [.. assigned.Except(symbols, SymbolEqualityComparer.Default).Select(s => s!)]);
    }

    private Value[] Rebind(Carried carried)
    {
        Value[] arguments = [.. carried.Inits.Select((v, i) => new Value(v.Type, carried.Symbols[i].Name))];
        Bind(carried.Symbols, arguments);
        return arguments;
    }

    private Value[] Current(Carried carried) => [.. carried.Symbols.Select(s => ToValue(_terms[s]))];

    private void Finish(Carried carried, Value[] results)
    {
        Bind(carried.Symbols, results);
        foreach (ISymbol symbol in carried.Unassigned)
            _terms[symbol] = new UnassignedTerm();
    }

    private void Bind(IReadOnlyList<ISymbol> symbols, Value[] values)
    {
        for (int i = 0; i < symbols.Count; i++)
            _terms[symbols[i]] = Named(new ValueTerm(values[i]), symbols[i].Name);
    }

    // The locals a loop carries from one iteration to the next, with their values before it. Those that have none yet start anew each time.
    private sealed record Carried(ISymbol[] Symbols, Value[] Inits, ISymbol[] Unassigned)
    {
        public ValueType[] Types => [.. Inits.Select(v => v.Type)];
    }
}

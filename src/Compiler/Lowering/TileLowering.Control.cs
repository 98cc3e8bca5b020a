using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Loops and branches, and what they carry.</content>
internal sealed partial class TileLowering
{
    private void Control(Op op)
    {
        switch (op.Code)
        {
            case OpCode.For:
                Loop(op, op.Operands.Skip(3).ToArray());
                break;
            case OpCode.While:
                Loop(op, op.Operands);
                break;
            case OpCode.If:
                Branch(op);
                break;
        }
    }

    private void Loop(Op op, Value[] initial)
    {
        bool counted = op.Code == OpCode.For;
        Block body = op.Regions[op.Regions.Length - 1];
        Value[] arguments = body.Arguments.Skip(counted ? 1 : 0).ToArray();
        Value[] yielded = body.Terminator.Operands;
        var carried = new object[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            carried[i] = Carry(arguments[i], initial[i]);
            if (carried[i] is TileBuffer buffer && CanUpdateInPlace(arguments[i], yielded[i], body, yielded))
                _inPlace[yielded[i]] = buffer;
        }

        Flush();
        _nests.Boundary(_out);
        _loops++;
        for (int region = 0; region < op.Regions.Length; region++)
        {
            Value[] inner = op.Regions[region].Arguments.Skip(counted ? 1 : 0).ToArray();
            for (int i = 0; i < inner.Length; i++)
                Map(inner[i], carried[i]);
        }

        if (counted)
        {
            Cell from = _state.ScalarCell(op.Operands[0]), step = _state.ScalarCell(op.Operands[2]);
            int divisor = Divisor(from) is var f && Divisor(step) is var s ? CommonDivisor(f, s) : 1;
            Var index = _state.NewVar(body.Arguments[0].Name ?? "i", DType.I32, false, divisor);
            _state.Scalars[body.Arguments[0]] = index;
            Turns? outer = _turns;
            _turns = _loops == 1 ? TurnsOf(op, index) : null;
            List<Stmt> statements = InBody(() => { Run(body); EndBody(arguments, yielded, carried); });
            _turns = outer;
            _out.Add(new For(index, from.Scalar(), _state.Scalars[op.Operands[1]], step.Scalar(), statements) { Location = op.Location });
        }
        else
        {
            Block head = op.Regions[0];
            List<Stmt> before = InBody(() => Run(head));
            Expr condition = _state.Scalars[head.Terminator.Operands[0]];
            List<Stmt> statements = InBody(() => { Run(body); EndBody(arguments, yielded, carried); });
            _out.Add(new While(before, condition, statements) { Location = op.Location });
        }

        if (--_loops > 0)
            _nests.AfterInnerLoop(_out);
        for (int i = 0; i < op.Results.Length; i++)
            Map(op.Results[i], carried[i]);
    }

    // Of a loop from zero by a constant to what is known at launch.
    private static Turns? TurnsOf(Op loop, Var index) =>
        loop.Operands[0].Definition is { Code: OpCode.Const } from && from.Attr<Number>().I32 == 0 && loop.Operands[2].Definition is { Code: OpCode.Const } step
        && step.Attr<Number>().I32 is > 0 and var by && LaunchExpressions.Exact(loop.Operands[1]) is { } end
            ? new Turns(Div(index, Int(by)), Div(Add(end, Int(by - 1)), Int(by)))
            : null;

    private static int Divisor(Cell cell) => cell.Constant is { } c ? (c.Value.I32 == 0 ? 1 << 24 : Math.Abs(c.Value.I32)) : cell.Offset == 0 ? cell.Divisor : 1;

    private List<Stmt> InBody(Action fill)
    {
        List<Stmt> outer = _out;
        int known = _virtualLoads.Count;
        _out = [];
        fill();
        Flush();
        _nests.Boundary(_out);
        List<Stmt> body = _out;
        _out = outer;
        _virtualLoads.RemoveRange(known, _virtualLoads.Count - known);
        return body;
    }

    // Scalars are carried in a variable, tiles in a buffer.
    private object Carry(Value argument, Value initial)
    {
        if (argument.Type.IsScalar)
        {
            Var variable = _state.NewVar(argument.Name, argument.Type.DType);
            if (_pending.Contains(initial))
                Flush();
            _nests.Uniform(new Let(variable, _state.Scalars[initial], true) { Location = _state.Location }, _out);
            return variable;
        }

        TileBuffer buffer = NewTile(argument);
        Materialize(initial, buffer, false);
        return buffer;
    }

    private void Map(Value value, object carrier)
    {
        if (carrier is Var variable)
            _state.Scalars[value] = variable;
        else
            _state.Buffers[value] = (TileBuffer)carrier;
    }

    // A carried tile may be overwritten where its next value is computed if nothing reads the old one from then on, and that computation reads
    // it only at the element it writes.
    private bool CanUpdateInPlace(Value argument, Value next, Block body, Value[] yielded)
    {
        if (next.Definition is not { } op || _dependence.BlockOf(op) != body || yielded.Count(y => ReferenceEquals(y, next)) > 1)
            return false;
        bool contraction = op.Code == OpCode.Dot;
        if (!contraction && op.Info.Class is not (OpClass.Elementwise or OpClass.Memory))
            return false;
        if (contraction && op.Operands.Take(2).Any(o => _dependence.Reads(o, argument, next, out _)))
            return false;
        Value[] elementwise = contraction ? op.Operands.Skip(2).ToArray() : op.Operands;
        foreach (Value operand in elementwise)
        {
            if (_dependence.Reads(operand, argument, next, out bool sameElement) && !(sameElement && operand.Type.Shape.SequenceEqual(next.Type.Shape)))
                return false;
        }

        return !ReadLater(body, _dependence.Order(op), argument, next);
    }

    // Whether anything after the given position could still recompute from the carried tile.
    private bool ReadLater(Block body, int here, Value argument, Value next) =>
        body.Ops.Where(o => _dependence.Order(o) > here)
            .Any(o => o.Operands.Any(v => _dependence.Reads(v, argument, next, out _)) || o.Regions.Any(r => ReadLater(r, -1, argument, next)));

    private void EndBody(Value[] arguments, Value[] yielded, object[] carried)
    {
        var next = new (Var Target, Expr Value)?[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (ReferenceEquals(arguments[i], yielded[i]) || _inPlace.ContainsKey(yielded[i]))
                continue;
            if (carried[i] is Var variable)
            {
                if (_pending.Contains(yielded[i]))
                    Flush();
                next[i] = (variable, _state.Scalars[yielded[i]]);
                continue;
            }

            // A tile that is another carried tile must be copied before that one changes.
            if (yielded[i].Definition is null || arguments.Contains(yielded[i]))
            {
                TileBuffer copy = NewTile(yielded[i]);
                Materialize(yielded[i], copy, false);
                Flush();
                _state.Buffers[yielded[i]] = copy;
            }
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (carried[i] is TileBuffer buffer && !ReferenceEquals(arguments[i], yielded[i]) && !_inPlace.ContainsKey(yielded[i]))
                Materialize(yielded[i], buffer, false);
        }

        Flush();
        Assign(next.Where(n => n is not null).Select(n => n!.Value).ToArray());
    }

    // All at once: a value that reads a variable assigned here is saved first.
    private void Assign((Var Target, Expr Value)[] pairs)
    {
        var targets = new HashSet<string>(pairs.Select(p => p.Target.Name));
        for (int i = 0; i < pairs.Length; i++)
        {
            if (pairs.Length == 1 || pairs[i].Value is not Var source || !targets.Contains(source.Name))
                continue;
            Var saved = _state.NewVar(source.Name, source.Type);
            _nests.Uniform(new Let(saved, source), _out);
            pairs[i].Value = saved;
        }

        foreach ((Var target, Expr value) in pairs)
            _nests.Uniform(new Assign(target, value), _out);
    }

    private void Branch(Op op)
    {
        Flush();
        _nests.Boundary(_out);
        var carriers = new object[op.Results.Length];
        for (int i = 0; i < carriers.Length; i++)
        {
            Value result = op.Results[i];
            if (!result.Type.IsScalar)
            {
                carriers[i] = NewTile(result);
                continue;
            }

            Var variable = _state.NewVar(result.Name, result.Type.DType);
            _out.Add(new Let(variable, new Literal(Number.OfBits(variable.Type, 0)), true) { Location = op.Location });
            carriers[i] = variable;
        }

        List<Stmt>[] branches = op.Regions.Select(region => InBody(() =>
        {
            Run(region);
            for (int i = 0; i < carriers.Length; i++)
            {
                Value value = region.Terminator.Operands[i];
                if (_pending.Contains(value))
                    Flush();
                if (carriers[i] is Var variable)
                    _nests.Uniform(new Assign(variable, _state.Scalars[value]), _out);
                else
                    Materialize(value, (TileBuffer)carriers[i], false);
            }
        })).ToArray();
        _out.Add(new If(_state.Scalars[op.Operands[0]], branches[0], branches.Length > 1 ? branches[1] : []) { Location = op.Location });
        for (int i = 0; i < carriers.Length; i++)
            Map(op.Results[i], carriers[i]);
    }
}

using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>Statements.</content>
internal sealed partial class PtxWriter
{
    private void WriteAll(IReadOnlyList<Stmt> statements)
    {
        FindLoadGroups(statements);
        FindPairs(statements);
        for (int i = 0; i < statements.Count; i++)
        {
            Stmt statement = statements[i];
            if (statement.Location.Line != _line && statement.Location.Line > 0)
            {
                _line = statement.Location.Line;
                _code.Append(new PtxSourceLine(_line));
            }

            int run = StoreRun(statements, i);
            if (_pairs.TryGetValue(statement, out var pair))
                StorePairs((StoreView)statement, run, pair);
            else if (run > 1)
                StoreTogether([.. statements.Skip(i).Take(run)]);
            else
                Write(statement);
            i += run - 1;
        }
    }

    private void Write(Stmt statement)
    {
        switch (statement)
        {
            case Let { Var.Name: var name } when _inPairs.Contains(name):
                break;
            case Let let when _groups.TryGetValue(let, out PtxLoadGroup? group):
                if (!_variables.ContainsKey(let.Var.Name))
                    Load(group);
                break;
            case Let { Mutable: false } let:
                // A copy of what changes; otherwise the name is the value's.
                PtxOperand value = Value(let.Value);
                _variables[let.Var.Name] = value is PtxRegister { IsMutable: true } register
                    ? _code.Fresh(register.Kind, PtxCode.MoveOf(register.Kind), register)
                    : value;
                break;
            case Let let:
                PtxRegister variable = _code.NewRegister(KindOf(let.Var.Type), isMutable: true);
                Assign(variable, let.Value);
                _variables[let.Var.Name] = variable;
                break;
            case Assign assign:
                Assign((PtxRegister)_variables[assign.Var.Name], assign.Value);
                break;
            case Shuffle shuffle:
                _variables[shuffle.Var.Name] = _code.Fresh(
                    KindOf(shuffle.Var.Type), "shfl.sync.bfly.b32", InRegister(Value(shuffle.Value)), Literal(shuffle.Mask), Literal(Warp.Size - 1), Literal(-1));
                break;
            case For loop:
                Loop(loop);
                break;
            case While loop:
                Loop(loop);
                break;
            case If branch:
                Branch(branch);
                break;
            case StoreView store:
                Store(store);
                break;
            case StoreLocal store:
                Store(store);
                break;
            case LoadMatrices load:
                Load(load);
                break;
            case MultiplyMatrices product:
                Multiply(product);
                break;
            case CopyAsync copy:
                Copy(copy);
                break;
            case CommitCopies:
                _code.Do("cp.async.commit_group");
                break;
            case WaitCopies wait:
                _code.Do("cp.async.wait_group", Literal(wait.Remaining));
                break;
            case MultiplyWarpgroup product:
                Multiply(product);
                break;
            case OrderSums:
                _code.Do("wgmma.fence.sync.aligned");
                break;
            case CommitProducts:
                _code.Do("wgmma.commit_group.sync.aligned");
                break;
            case WaitProducts wait:
                _code.Do("wgmma.wait_group.sync.aligned", Literal(wait.Remaining));
                break;
            case PublishLocal:
                _code.Do("fence.proxy.async.shared::cta");
                break;
            case Lowering.Barrier:
                _code.Do("bar.sync", Literal(0));
                break;
            default:
                throw new NotSupportedException($"{statement.GetType().Name} is not a statement of the thread form");
        }
    }

    private void Assign(PtxRegister target, Expr value)
    {
        int position = _code.Position;
        PtxOperand computed = Value(value);
        if (computed != target)
            _code.Move(target, computed, position);
    }

    // Tested before the first round and after each: one branch a round.
    private void Loop(For loop)
    {
        PtxRegister index = _code.NewRegister(PtxOperandKind.B32, isMutable: true);
        int position = _code.Position;
        PtxOperand first = Value(loop.From);
        int alignment = first.Alignment;
        _code.Move(index, first, position);
        PtxName start = _code.NewLabel(), end = _code.NewLabel();
        bool runs = loop is { From: Lowering.Literal { Value.I32: var from }, To: Lowering.Literal { Value.I32: var to } } && from < to;
        _code.Enter(isBranch: false);
        PtxRegister current = _code.Fresh(PtxOperandKind.B32, "mov.b32", index);
        current.Align(Math.Min(alignment, Value(loop.Step).Alignment));
        _variables[loop.Index.Name] = current;
        WriteAll(loop.Body);
        PtxOperand step = Value(loop.Step), limit = Value(loop.To);
        _code.Set(index, "add.s32", index, step);
        _code.DoIf(_code.Fresh(PtxOperandKind.Pred, "setp.lt.s32", index, limit), false, "bra", start);
        List<PtxLine> body = _code.Leave();
        if (!runs)
            _code.DoIf(_code.Fresh(PtxOperandKind.Pred, "setp.ge.s32", index, Value(loop.To)), false, "bra", end);
        _code.Append(new PtxLabel(start));
        _code.Append(body);
        if (!runs)
            _code.Append(new PtxLabel(end));
    }

    private void Loop(While loop)
    {
        PtxName start = _code.NewLabel(), end = _code.NewLabel();
        _code.Enter(isBranch: false);
        WriteAll(loop.Head);
        _code.DoIf((PtxRegister)Value(loop.Condition), true, "bra", end);
        WriteAll(loop.Body);
        List<PtxLine> body = _code.Leave();
        _code.Append(new PtxLabel(start));
        _code.Append(body);
        _code.Do("bra", start);
        _code.Append(new PtxLabel(end));
    }

    private void Branch(If branch)
    {
        var condition = (PtxRegister)Value(branch.Condition);
        PtxName otherwise = _code.NewLabel();
        List<PtxLine> then = Body(branch.Then), other = Body(branch.Else);
        _code.DoIf(condition, true, "bra", otherwise);
        _code.Append(then);
        if (other.Count > 0)
        {
            PtxName end = _code.NewLabel();
            _code.Do("bra", end);
            _code.Append(new PtxLabel(otherwise));
            _code.Append(other);
            _code.Append(new PtxLabel(end));
            return;
        }

        _code.Append(new PtxLabel(otherwise));
    }

    private List<PtxLine> Body(IReadOnlyList<Stmt> statements)
    {
        _code.Enter(isBranch: true);
        WriteAll(statements);
        return _code.Leave();
    }
}

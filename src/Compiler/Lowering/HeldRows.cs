using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// What the programs along the first axis of a grid all compute alike (a row of activations, normalised and rounded) is computed once a thread: a thread runs such
/// programs one after the other, and its scratch stays as it is in between. The statements that make it go under a condition, <see cref="BeginsRow"/>; what they
/// leave is in buffers that nothing else writes.
/// </summary>
internal sealed class HeldRows
{
    private readonly List<Stmt> _units = [];
    private readonly List<For> _turns = [];
    private readonly HashSet<string>[] _reads;
    private readonly HashSet<string>[] _writes;
    private readonly HashSet<string> _stored;

    private HeldRows(IReadOnlyList<Stmt> body)
    {
        _stored = [.. CodeWalk.All(body).OfType<StoreView>().Select(s => s.View)];
        Collect(body);
        _reads = [.. _units.Select(Reads)];
        _writes = [.. _units.Select(Writes)];
    }

    /// <summary>The statements with such conditions, or as they are where nothing is to be held.</summary>
    public static IReadOnlyList<Stmt> In(IReadOnlyList<Stmt> body, TileState state)
    {
        var pass = new HeldRows(body);
        HashSet<int> held = pass.Held();
        return held.Any(unit => pass._units[unit] is QuantizeRows) && pass.Begins(held) is { } begins ? Rewrite(body, held, begins, state) : body;
    }

    // The statements to decide on: those of the body, and, in place of a loop that quantizes, those in it.
    private void Collect(IEnumerable<Stmt> block)
    {
        foreach (Stmt statement in block)
        {
            if (IsTurns(statement, out For? loop))
            {
                _turns.Add(loop!);
                Collect(loop!.Body);
            }
            else
            {
                _units.Add(statement);
            }
        }
    }

    private static bool IsTurns(Stmt statement, out For? loop)
    {
        loop = statement as For;
        return loop is not null && CodeWalk.All(loop.Body).Any(s => s is QuantizeRows);
    }

    // Those that depend neither on the program's first index nor on a statement that does, and whose buffers no other statement writes, until that holds of all; then
    // without what costs nothing to compute again, unless it hangs on the others.
    private HashSet<int> Held()
    {
        var alike = new HashSet<int>(Enumerable.Range(0, _units.Count).Where(IsAlike));
        while (alike.RemoveWhere(unit => !IsClosed(unit, alike)) > 0)
        {
        }

        var held = new HashSet<int>(alike.Where(unit => !IsScalar(_units[unit])));
        while (alike.Where(unit => !held.Contains(unit) && held.Any(h => _units[h] is Let && _reads[unit].Overlaps(_writes[h]))).ToArray() is { Length: > 0 } more)
            held.UnionWith(more);

        // A variable lives for one program only.
        string[] variables = [.. held.Select(h => _units[h]).OfType<Let>().Select(l => l.Var.Name)];
        bool escapes = Enumerable.Range(0, _units.Count).Any(unit => !held.Contains(unit) && _reads[unit].Overlaps(variables));
        return escapes ? [] : held;
    }

    private bool IsAlike(int unit)
    {
        Stmt[] inside = [.. CodeWalk.All([_units[unit]])];
        Expr[] expressions = [.. inside.SelectMany(CodeWalk.Expressions)];
        return inside.All(s => s is Let or Assign or For or If or StoreLocal or QuantizeRows or CombineRows)
            && !expressions.Any(e => e is ProgramIndex { Axis: 0 } or DotBytes or PackedCodes)
            && !expressions.OfType<LoadView>().Any(load => _stored.Contains(load.View))
            && !inside.OfType<QuantizeRows>().Any(q => q.Source is ViewMatrix view && _stored.Contains(view.View));
    }

    private bool IsClosed(int unit, HashSet<int> alike) => !Enumerable.Range(0, _units.Count)
        .Any(other => !alike.Contains(other) && (_reads[unit].Overlaps(_writes[other]) || _writes[unit].Overlaps(_writes[other])));

    private static bool IsScalar(Stmt unit) =>
        unit is Let { Mutable: false, Var.IsVector: false } let && !CodeWalk.All(let.Value).Any(e => e is LoadView or LoadLocal or ReduceLanes);

    // A row begins, or a loop around takes more than one turn, in which the next overwrites what one has made; null where it cannot be said before.
    private Expr? Begins(HashSet<int> held)
    {
        Expr begins = new BeginsRow();
        foreach (For loop in _turns.Where(loop => !Lasts(loop, held)))
        {
            if (loop is not { From: Literal { Value.Bits: 0 }, Step: Literal } || CodeWalk.All(loop.To).Any(e => e is not (Literal or Argument or ExtentOf or Apply)))
                return null;
            begins = new Apply(OpCode.Or, DType.Bool, false, new[] { begins, Less(loop.Step, loop.To) });
        }

        return begins;
    }

    // Whether every turn quantizes into a place of its own, and nothing else that it holds is read where it is not.
    private bool Lasts(For loop, HashSet<int> held)
    {
        Stmt[] inside = [.. CodeWalk.All(loop.Body)];
        return held.Where(unit => inside.Any(statement => ReferenceEquals(statement, _units[unit]))).All(unit => _units[unit] is QuantizeRows quantize
            ? quantize.Codes.First is { } first && CodeWalk.All(first).Contains(loop.Index)
            : !Enumerable.Range(0, _units.Count).Any(other => !held.Contains(other) && _reads[other].Overlaps(_writes[unit])));
    }

    private static List<Stmt> Rewrite(IReadOnlyList<Stmt> body, HashSet<int> held, Expr condition, TileState state)
    {
        int unit = 0;
        Var begins = state.NewVar("begins", DType.Bool);
        var declared = new List<Stmt> { new Let(begins, condition) { Location = body[0].Location } };
        List<Stmt> rewritten = Block(body);
        return [.. declared, .. rewritten];

        List<Stmt> Block(IReadOnlyList<Stmt> block)
        {
            var result = new List<Stmt>();
            var pending = new List<Stmt>();
            foreach (Stmt statement in block)
            {
                bool isTurns = IsTurns(statement, out For? loop);
                if (!isTurns && held.Contains(unit++))
                {
                    pending.Add(Inside(statement));
                    continue;
                }

                // Scalars that are computed every time depend on nothing that is held.
                if (!IsScalar(statement))
                    Flush();
                result.Add(isTurns ? loop! with { Body = Block(loop.Body) } : statement);
            }

            Flush();
            return result;

            void Flush()
            {
                if (pending.Count > 0)
                    result.Add(new If(begins, [.. pending], []) { Location = pending[0].Location });
                pending.Clear();
            }
        }

        // Several conditions may share a variable, so it is declared before them.
        Stmt Inside(Stmt statement)
        {
            if (statement is not Let let)
                return statement;
            Literal none = new(Number.OfBits(let.Var.Type, 0));
            declared.Add(new Let(let.Var, let.Var.IsVector ? new Broadcast(none) : none, true) { Location = let.Location });
            return new Assign(let.Var, let.Value) { Location = let.Location };
        }
    }

    private static HashSet<string> Reads(Stmt unit)
    {
        var names = new HashSet<string>();
        foreach (Stmt statement in CodeWalk.All([unit]))
        {
            foreach (Expr expression in CodeWalk.Expressions(statement))
            {
                if (expression is Var variable)
                    names.Add(variable.Name);
                else if (expression is LoadLocal load)
                    names.Add(load.Buffer.Name);
                else if (expression is DotBytes dot)
                    names.Add(dot.Other.Name);
            }

            switch (statement)
            {
                case QuantizeRows quantize:
                    Of(quantize.Source);
                    break;
                case Contract contract:
                    Of(contract.A, contract.B, contract.Target);
                    break;
                case ContractBytes product:
                    Of(product.A, product.ScalesA, product.B, product.ScalesB, product.Target);
                    if (product.Sums is { } sums)
                        names.Add(sums.Name);
                    break;
                case TransposeMatrix transpose:
                    Of(transpose.Source);
                    break;
                case CombineRows combine:
                    names.Add(combine.Source.Name);
                    break;
                case RoundRow round:
                    names.Add(round.Source.Name);
                    break;
            }
        }

        return names;

        void Of(params Matrix[] matrices) => names.UnionWith(matrices.OfType<BufferMatrix>().Select(m => m.Buffer.Name));
    }

    private static HashSet<string> Writes(Stmt unit)
    {
        var names = new HashSet<string>();
        foreach (Stmt statement in CodeWalk.All([unit]))
        {
            switch (statement)
            {
                case Let let:
                    names.Add(let.Var.Name);
                    break;
                case Assign assign:
                    names.Add(assign.Var.Name);
                    break;
                case StoreLocal store:
                    names.Add(store.Buffer.Name);
                    break;
                case QuantizeRows quantize:
                    names.UnionWith(new[] { quantize.Codes.Buffer, quantize.Scales.Buffer, quantize.Sums }.OfType<LocalBuffer>().Select(b => b.Name));
                    break;
                case Contract contract:
                    names.Add(contract.Target.Buffer.Name);
                    break;
                case ContractBytes product:
                    names.Add(product.Target.Buffer.Name);
                    break;
                case TransposeMatrix transpose:
                    names.Add(transpose.Target.Buffer.Name);
                    break;
                case CombineRows combine:
                    names.Add(combine.Target.Name);
                    break;
                case RoundRow round:
                    names.Add(round.Target.Name);
                    break;
            }
        }

        return names;
    }
}

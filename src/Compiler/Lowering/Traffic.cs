namespace KernelFoundry.Compiler.Lowering;

/// <summary>Which buffers and views statements read and write.</summary>
internal sealed class Traffic
{
    public HashSet<string> Reads { get; } = [];

    public HashSet<string> Writes { get; } = [];

    public static Traffic Of(params Stmt[] statements)
    {
        var traffic = new Traffic();
        foreach (Stmt statement in statements)
            traffic.Visit(statement);
        return traffic;
    }

    /// <summary>The names of buffers, and of views, that the thread form of statements reads or writes.</summary>
    public static HashSet<string> Buffers(IEnumerable<Stmt> statements)
    {
        Traffic traffic = Of([.. statements]);
        return [.. traffic.Reads, .. traffic.Writes];
    }

    /// <summary>Whether running <paramref name="next"/> by other work-items after this needs a barrier in between.</summary>
    public bool Conflicts(Traffic next) => next.Reads.Overlaps(Writes) || next.Writes.Overlaps(Writes) || next.Writes.Overlaps(Reads);

    public void Add(Traffic other)
    {
        Reads.UnionWith(other.Reads);
        Writes.UnionWith(other.Writes);
    }

    public void Clear()
    {
        Reads.Clear();
        Writes.Clear();
    }

    public bool IsEmpty => Reads.Count == 0 && Writes.Count == 0;

    private void Visit(Stmt statement)
    {
        switch (statement)
        {
            case Let let:
                Visit(let.Value);
                break;
            case Assign assign:
                Visit(assign.Value);
                break;
            case Shuffle shuffle:
                Visit(shuffle.Value);
                break;
            case For loop:
                Visit(loop.From);
                Visit(loop.To);
                loop.Body.ForEach(Visit);
                break;
            case While loop:
                loop.Head.ForEach(Visit);
                Visit(loop.Condition);
                loop.Body.ForEach(Visit);
                break;
            case If branch:
                Visit(branch.Condition);
                branch.Then.ForEach(Visit);
                branch.Else.ForEach(Visit);
                break;
            case StoreLocal store:
                Writes.Add(store.Buffer.Name);
                Visit(store.Index);
                Visit(store.Value);
                break;
            case LoadMatrices load:
                Reads.Add(load.Buffer.Name);
                Visit(load.Row);
                break;
            case MultiplyMatrices product:
                foreach (Expr operand in product.A.AsEnumerable().Concat(product.B.AsEnumerable()))
                    Visit(operand);
                break;
            case MultiplyWarpgroup product:
                Reads.Add(product.Buffer.Name);
                break;
            case CopyAsync copy:
                Writes.Add(copy.Target.Name);
                Reads.Add("view " + copy.View);
                break;
            case StoreView store:
                Writes.Add("view " + store.View);
                foreach (Expr index in store.Indices.AsEnumerable())
                    Visit(index);
                Visit(store.Value);
                if (store.Guard is { } guard)
                    Visit(guard);
                break;
        }
    }

    private void Visit(Expr expression)
    {
        switch (expression)
        {
            case LoadLocal load:
                Reads.Add(load.Buffer.Name);
                Visit(load.Index);
                break;
            case LoadView load:
                Reads.Add("view " + load.View);
                foreach (Expr index in load.Indices.AsEnumerable())
                    Visit(index);
                if (load.Guard is { } guard)
                    Visit(guard);
                if (load.Other is { } other)
                    Visit(other);
                break;
            case Apply apply:
                foreach (Expr operand in apply.Operands.AsEnumerable())
                    Visit(operand);
                break;
            case Broadcast broadcast:
                Visit(broadcast.Scalar);
                break;
            case LaneIndex lanes:
                Visit(lanes.First);
                break;
            case MultiplyAddPairs pairs:
                Visit(pairs.Accumulator);
                Visit(pairs.A);
                Visit(pairs.B);
                break;
            case ReduceLanes reduce:
                Visit(reduce.Vector);
                break;
            case PrefixLanes prefix:
                Visit(prefix.Vector);
                break;
            case DotFour or PermuteBytes or PackPair:
                foreach (Expr operand in CodeWalk.Operands(expression))
                    Visit(operand);
                break;
        }
    }
}

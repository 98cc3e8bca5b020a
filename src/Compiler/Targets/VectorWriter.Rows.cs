using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <content>Places in rows of views and buffers, found before a loop where it goes along them.</content>
internal partial class VectorWriter
{
    // Where an innermost loop reads one row of a view after the other, their beginnings are found before it.
    protected override void EnterLoop(For loop)
    {
        EnterBlockLoop(loop);
        if (CodeWalk.All(loop.Body).Any(s => s is For or While))
            return;
        var inside = new HashSet<string>(CodeWalk.All(loop.Body).OfType<Let>().Select(l => l.Var.Name)) { loop.Index.Name };
        foreach (LoadView load in CodeWalk.All(loop.Body).SelectMany(CodeWalk.Expressions).OfType<LoadView>())
        {
            Expr[] leading = Leading(load.Indices);
            (string, bool, Exprs) row = (load.View, load.ByteOffset, leading);
            if (_rows.ContainsKey(row) || leading.All(i => i is Literal) || leading.SelectMany(CodeWalk.All).Any(e => e.IsVector || e is Lowering.LoadView or LoadLocal
                || (e is Var variable && inside.Contains(variable.Name))))
                continue;
            string name = $"{load.View}__row{Int(_rowCount++)}";
            string type = PointerType(Program.Kernel.Find(load.View).Element);
            Line($"{type}* {name} = {load.View} + {Offset(load.View, new Exprs([.. leading, new Literal(Number.Of(0))]), Scalar, load.ByteOffset)};");
            _rows[row] = name;
            _declared[name] = $"{type}*";
        }

        FindRowsAhead(loop);
        FindRowsOfBuffers(loop, inside);
    }

    protected override void LeaveLoop(For loop)
    {
        LeaveBlockLoop(loop);
        _rows.Clear();
        _rowsAhead.Clear();
        _rowsOfBuffers.Clear();
        _dotsOfLoop = 0;
    }

    /// <summary>Whether rows of buffers are found before an innermost loop too: where there are more than registers for their offsets and the buffer's beginning.</summary>
    protected virtual bool FindsRowsOfBuffers => false;

    private void FindRowsOfBuffers(For loop, HashSet<string> inside)
    {
        if (!FindsRowsOfBuffers)
            return;
        IEnumerable<(string Buffer, Expr Index)> reads = CodeWalk.All(loop.Body).OfType<Prefetch>().Select(p => (p.View, p.Indices[0]))
            .Concat(CodeWalk.All(loop.Body).SelectMany(CodeWalk.Expressions).OfType<LoadLocal>().Select(l => (l.Buffer.Name, l.Index)));
        foreach ((string buffer, Expr index) in reads)
        {
            if (index is not Apply { Code: OpCode.Add } sum || sum.Operands[0] is not Var row || inside.Contains(row.Name) || _rowsOfBuffers.ContainsKey((buffer, row.Name)))
                continue;
            string name = _rowsOfBuffers[(buffer, row.Name)] = $"{row.Name}__row{Int(_rowCount++)}";
            Line($"float* {name} = {buffer} + {row.Name};");
        }
    }

    // The place of an element of a buffer.
    private (string Pointer, string Offset) PlaceInBuffer(string buffer, Expr index) =>
        index is Apply { Code: OpCode.Add } sum && sum.Operands[0] is Var row && _rowsOfBuffers.TryGetValue((buffer, row.Name), out string? name)
            ? (name, Bare(Scalar(sum.Operands[1])))
            : (buffer, Bare(Scalar(index)));

    // A constant that is added to a pointer becomes part of the address; to an index, which may overflow, it does not.
    private string Element(LoadLocal load)
    {
        (string pointer, string offset) = PlaceInBuffer(load.Buffer.Name, load.Index);
        return pointer == load.Buffer.Name && load.Index is Apply { Code: OpCode.Add } sum && sum.Operands[0] is Var row && sum.Operands[1] is Literal constant
            ? $"({pointer} + {row.Name})[{Scalar(constant)}]"
            : $"{pointer}[{offset}]";
    }

    private static Expr[] Leading(Exprs indices) => indices.AsEnumerable().Take(indices.Length - 1).ToArray();

    // Sums without brackets: added to the pointer one after the other they fold into addresses.
    private (string Pointer, string Offset) Place(string view, Exprs indices, Func<Expr, string> render, bool bytes)
    {
        Expr last = indices[indices.Length - 1];
        return _rows.TryGetValue((view, bytes, Leading(indices)), out string? row)
            ? (row, last is Literal { Value.Bits: 0 } ? "0" : last is Apply { Code: OpCode.Add } ? Bare(render(last)) : render(last))
            : (view, Offset(view, indices, render, bytes));
    }
}

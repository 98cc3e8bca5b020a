using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Which work-item takes which element, and the barriers between them.</content>
internal sealed partial class ThreadNests
{
    /// <summary>Runs a body for every element, element e on item e mod G, with the barriers it needs.</summary>
    private void Distributed(List<Stmt> into, Expr[] extents, Action<ElementEmitter, AxisIndex[]> body)
    {
        var statements = new List<Stmt>();
        Strided(statements, extents, body);
        Append(into, [.. statements]);
    }

    private void Strided(List<Stmt> into, Expr[] extents, Action<ElementEmitter, AxisIndex[]> body)
    {
        Expr count = extents.Length == 2 ? Mul(extents[0], extents[1]) : extents[0];
        Over(into, new ThreadIndex(), count, Items, (emitter, element) =>
        {
            if (extents.Length == 1)
            {
                body(emitter, [element]);
                return;
            }

            Expr row = emitter.Bind(Div(element.Cell.Scalar(), extents[1]), "row", emitter.Depth);
            Expr column = emitter.Bind(Sub(element.Cell.Scalar(), Mul(row, extents[1])), "column", emitter.Depth);
            AxisIndex Index(Expr e) => new(Cell.Integer(e, 1), emitter.Depth);
            body(emitter, [Index(row), Index(column)]);
        });
    }

    private void Over(List<Stmt> into, Expr from, Expr to, Expr step, Action<ElementEmitter, AxisIndex> body)
    {
        var emitter = new ElementEmitter(state, into);
        Over(emitter, from, to, step, index => body(emitter, index));
    }

    private void Over(ElementEmitter emitter, Expr from, Expr to, Expr step, Action<AxisIndex> body)
    {
        Var index = state.NewVar("e", DType.I32);
        var statements = new List<Stmt>();
        emitter.Push(statements);
        body(new AxisIndex(new Cell(index), emitter.Depth));
        emitter.Pop();
        emitter.Innermost.Add(new For(index, from, to, step, statements) { Location = state.Location });
    }

    /// <summary>A loop every item runs alike, whose body contains barriers.</summary>
    private void RowByRow(List<Stmt> into, Expr rows, Action<List<Stmt>, AxisIndex> body)
    {
        if (rows is Literal { Value.I32: 1 })
        {
            body(into, AxisIndex.Zero);
            return;
        }

        Boundary(into);
        Var index = state.NewVar("row", DType.I32);
        var statements = new List<Stmt>();
        body(statements, new AxisIndex(new Cell(index), 0));
        Boundary(statements);
        into.Add(new For(index, Zero, rows, Int(1), statements) { Location = state.Location });
    }

    private void ByFirst(List<Stmt> into, Action<ElementEmitter> body)
    {
        var statements = new List<Stmt>();
        body(new ElementEmitter(state, statements));
        Append(into, new If(Op(OpCode.Eq, DType.Bool, new ThreadIndex(), Zero), statements, []) { Location = state.Location });
    }

    private void Append(List<Stmt> into, params Stmt[] statements)
    {
        Traffic traffic = Traffic.Of(statements);
        if (_open.Conflicts(traffic))
            Barrier(into);
        _open.Add(traffic);
        into.AddRange(statements);
    }

    private void Barrier(List<Stmt> into)
    {
        into.Add(new Barrier { Location = state.Location });
        _open.Clear();
    }
}

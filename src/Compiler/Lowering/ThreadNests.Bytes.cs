using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Products of quantized weights in panels and rounded rows, in integers.</content>
internal sealed partial class ThreadNests
{
    // Rows of a panel that a work-item takes together: their words lie beside each other, 16 bytes.
    private const int Quad = 4;

    public bool Takes(IntegerDot plan, Op product)
    {
        bool isRow = product.Operands[1].Type.Rank == 1;
        Value weights = isRow ? product.Operands[0] : product.Operands[1].Definition!.Operands[0], rounded = product.Operands[isRow ? 1 : 0];
        int rows = LaunchExpressions.Most(weights.Type.Shape[0], state.Kernel) ?? 0, group = IntegerDot.Group(rounded) ?? 0;
        bool fits = features.DotsBytes && rows > 0 && rows % PanelLayout.Rows == 0 && IsPowerOfTwo(rows) && IsPowerOfTwo(group) && plan.Axes.BlockSize % group == 0
            && IsPowerOfTwo(plan.Run) && state.Kernel.Find(plan.View).IsPanels;
        if (features.LoopsOverBytes)
            return fits && isRow && CodeFamily.Of(plan) is not null;
        return fits && HasWarps && plan.Codes.All(CodeWord.CanRead) && (isRow
            ? rows <= Quad * Warp.Size
            : plan.Run % MatrixRows == 0 && LaunchExpressions.Most(product.Operands[0].Type.Shape[0], state.Kernel) is not null);
    }

    private void Bytes(ContractRoot root, IntegerDot plan, List<Stmt> into)
    {
        if (features.LoopsOverBytes)
            ByteRuns(root, plan, into);
        else if (root.Target!.Rank == 1)
            ByteDots(root, plan, into);
        else
            ByteMatrices(root, plan, into);
    }

    // Four rows a work-item, whose lanes side by side take what lies side by side; the reduced axis over the other lanes and warps, block by block.
    private void ByteDots(ContractRoot root, IntegerDot plan, List<Stmt> into)
    {
        RoundedRows other = Rounded(plan, root.B, Int(1), root.K, 1, into);
        int rows = _most[root.M], quads = rows / Quad, slices = Group / quads, block = plan.Axes.BlockSize;
        var statements = new List<Stmt>();
        Expr quad = Bound(statements, "quad", And(new ThreadIndex(), Int(quads - 1))), slice = Bound(statements, "slice", Make(OpCode.Shr, new ThreadIndex(), Int(Log2(quads))));
        Expr row = Bound(statements, "row", Mul(RowOfPanel(quad, root.M, rows, Quad), Int(Quad)));
        Var[] sums = Sums(statements, Quad), offsets = plan.HasOffset ? Sums(statements, Quad) : [];
        Var at = state.NewVar("at", DType.I32, false, block);
        var emitter = new ElementEmitter(state, statements);
        var body = new List<Stmt>();
        emitter.Push(body);
        var index = new Cell(at, false, 0, block);
        var weights = new PanelRow(state, emitter, plan, new Cell(row, false, 0, Quad), index);
        Expr Local(LocalBuffer buffer, int elements, int offset) =>
            emitter.Bind(new LoadLocal(buffer, Add(emitter.Bind(Part(at, elements), null, emitter.Depth), Int(offset)), false), null, emitter.Depth);
        int fours = plan.Run / QuantizedRow.Packed;
        foreach (int run in plan.Order)
        {
            Expr scale = Local(other.Scales, plan.Run, run);
            for (int i = 0; i < Quad; i++)
            {
                Expr sum = plan.Bias != 0 && !plan.HasOffset ? Local(other.Sums!, plan.Run, run) : Zero;
                for (int four = run * fours; four < (run + 1) * fours; four++)
                    sum = emitter.Bind(new DotFour(weights.Codes(four, i), Local(other.Codes, QuantizedRow.Packed, four), sum), null, emitter.Depth);
                Accumulate(body, sums[i], ToFloat(sum), Op(OpCode.Mul, DType.F32, weights.Scale(run, i), scale));
                if (plan.HasOffset)
                    Accumulate(body, offsets[i], Local(other.Sums!, plan.Run, run), weights.Offset(run, i));
            }
        }

        emitter.Pop();
        statements.Add(new For(at, Mul(slice, Int(block)), root.K, Int(slices * block), body) { Location = root.Location });
        LocalBuffer partials = state.NewBuffer("partials", DType.F32, Int(Warps * rows));
        for (int i = 0; i < Quad; i++)
        {
            if (plan.HasOffset)
                statements.Add(new Assign(sums[i], Op(OpCode.Add, DType.F32, sums[i], offsets[i])));
            Butterfly(statements, ReduceKind.Sum, sums[i], Warp.Size / 2, quads);
        }

        Expr target = Bound(statements, "target", Add(Mul(WarpOfGroup, Int(rows)), Mul(quad, Int(Quad))));
        statements.Add(new If(Less(LaneOfWarp, Int(quads)), [.. sums.Select((sum, i) => new StoreLocal(partials, Add(target, Int(i)), sum))], []));
        Append(into, [.. statements]);
        Distributed(into, [root.M], (inner, each) =>
        {
            Expr total = OfWarp(0);
            for (int warp = 1; warp < Warps; warp++)
                total = inner.Bind(Op(OpCode.Add, DType.F32, total, OfWarp(warp)), null, inner.Depth);
            StoreTile(root.Target!, each, WithAccumulator(root, inner, each, total), inner);

            Expr OfWarp(int warp) => inner.Bind(new LoadLocal(partials, Add(each[0].Cell.Scalar(), Int(warp * rows)), false), null, inner.Depth);
        });
    }

    // Panels beyond the last are not there: the first is read instead, and nothing stored.
    private static Expr RowOfPanel(Expr unit, Expr rows, int most, int size)
    {
        if (most == PanelLayout.Rows)
            return unit;
        Expr end = Mul(Div(Add(rows, Int(PanelLayout.Rows - 1)), Int(PanelLayout.Rows)), Int(PanelLayout.Rows / size));
        return Op(OpCode.Select, DType.I32, Less(unit, end), unit, And(unit, Int((PanelLayout.Rows / size) - 1)));
    }

    private Var[] Sums(List<Stmt> into, int count, DType type = DType.F32) =>
        [.. Enumerable.Range(0, count).Select(_ => Mutable(into, "sum", new Literal(Number.OfBits(type, 0))))];

    private void Accumulate(List<Stmt> into, Var sum, Expr a, Expr b) => into.Add(new Assign(sum, Op(OpCode.Fma, DType.F32, a, b, sum)) { Location = state.Location });
}

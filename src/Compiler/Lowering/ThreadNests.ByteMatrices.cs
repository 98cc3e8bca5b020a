using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// Rounded rows by quantized weights on instructions for matrices of bytes: both as codes in local memory, each block taken apart once; a warp takes sixteen columns and all rows.
/// </content>
internal sealed partial class ThreadNests
{
    // A block with more codes is taken apart by several work-items.
    private const int CodesOfItem = 128;

    /// <summary>Weights as codes without a sign, four a word, a row of weights a row; and, run by run, the scales and offsets of all rows.</summary>
    private sealed record CodeRows(LocalBuffer Codes, Expr CodeStride, LocalBuffer Scales, LocalBuffer? Offsets, int Rows);

    private void ByteMatrices(ContractRoot root, IntegerDot plan, List<Stmt> into)
    {
        RoundedRows left = Rounded(plan, root.A, root.M, root.K, MatrixRows, into);
        CodeRows right = Apart(plan, root, into);
        if (!features.MultipliesMatrices)
        {
            BytePatches(root, plan, left, right, into);
            return;
        }

        int tall = (_most[root.M] + MatrixRows - 1) / MatrixRows;
        EachPair(root, right.Rows, 1, into, (statements, warp) =>
        {
            Var[][][] sums = [.. Enumerable.Range(0, tall).Select(_ => new[] { Sums(statements, 4), Sums(statements, 4) })];
            Var run = state.NewVar("run", DType.I32);
            var body = new List<Stmt>();
            OfRun(plan, left, right, warp, root.M, run, sums, body);
            statements.Add(new For(run, Zero, Bound(statements, "runs", Div(root.K, Int(plan.Run))), Int(1), body) { Location = root.Location });
            return sums;
        });
    }

    // Exact sums of a run, then their scales; sixteen rows at a time, but for those that are not there.
    private void OfRun(IntegerDot plan, RoundedRows left, CodeRows right, WarpPlace warp, Expr rows, Var run, Var[][][] sums, List<Stmt> body)
    {
        var emitter = new ElementEmitter(state, body);
        Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
        Expr Local(LocalBuffer buffer, Expr index) => emitter.Bind(new LoadLocal(buffer, index, false), null, emitter.Depth);
        int words = plan.Run / QuantizedRow.Packed, step = Math.Min(words, WordsOfProduct);
        Expr first = Bind("word", Mul(run, Int(words))), across = Bind("across", Add(Add(Mul(run, Int(right.Rows)), warp.First), Mul(warp.Lane, Int(2))));
        int[] steps = [.. Enumerable.Range(0, words / step).Select(i => i * step)];
        Expr[][] columns = [.. steps.Select(at => Columns(right.Codes, right.CodeStride, Add(first, Int(at)), step, warp, body))];
        for (int m = 0; m < sums.Length; m++)
        {
            int block = m;
            Where(emitter, m == 0 ? null : Less(Int(MatrixRows * m), rows), () =>
            {
                Expr[] at = Both(half => Bind("runAt", Add(Mul(Add(warp.Group, Int((MatrixRows * block) + (8 * half))), left.RunStride), run)));
                Expr[] start = plan.Bias != 0 && !plan.HasOffset ? Both(half => Local(left.Sums!, at[half])) : [Zero, Zero];
                Var[][] exact = [.. sums[block].Select(_ => Enumerable.Range(0, 4).Select(e => Mutable(emitter.Innermost, "exact", start[e / 2])).ToArray())];
                for (int i = 0; i < steps.Length; i++)
                    Multiply(MatrixElement.Bytes, exact, Rows(left.Codes, left.CodeStride, block, Add(first, Int(steps[i])), step, warp, emitter.Innermost), columns[i], emitter.Innermost);
                Expr[] scales = Both(half => Local(left.Scales, at[half])), totals = plan.HasOffset ? Both(half => Local(left.Sums!, at[half])) : [];
                for (int i = 0; i < 8; i++)
                {
                    (int n, int e) = (i / 4, i % 4);
                    Expr place = Add(across, Int((8 * n) + (e % 2)));
                    Accumulate(emitter.Innermost, sums[block][n][e], ToFloat(exact[n][e]), Op(OpCode.Mul, DType.F32, Local(right.Scales, place), scales[e / 2]));
                    if (plan.HasOffset)
                        Accumulate(emitter.Innermost, sums[block][n][e], totals[e / 2], Local(right.Offsets!, place));
                }
            });
        }
    }

    private static Expr[] Both(Func<int, Expr> half) => [half(0), half(1)];

    // Every block once, a row a work-item; rows that are missing are those of another panel, and stored nowhere later.
    private CodeRows Apart(IntegerDot plan, ContractRoot root, List<Stmt> into)
    {
        int rows = _most[root.N], block = plan.Axes.BlockSize, parts = Math.Max(1, block / CodesOfItem), runs = block / plan.Run;
        Expr bound = state.Bound(root.A.Type.Shape[1]), stride = Add(state.RoundUp(Div(bound, Int(QuantizedRow.Packed)), BankShift), Int(BankShift));
        Expr size = Mul(Div(bound, Int(plan.Run)), Int(rows));
        var result = new CodeRows(
            state.NewBuffer("weightCodes", DType.I32, Mul(Int(rows), stride)), stride, state.NewBuffer("weightScales", DType.F32, size),
            plan.HasOffset ? state.NewBuffer("weightOffsets", DType.F32, size) : null, rows);
        var statements = new List<Stmt>();
        Expr items = Bound(statements, "items", Mul(Div(root.K, Int(block)), Int(rows * parts)));
        Over(statements, new ThreadIndex(), items, Int(Group), (emitter, item) =>
        {
            Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
            Expr column = Bind("weight", And(item.Cell.Scalar(), Int(rows - 1))), rest = Bind("rest", Make(OpCode.Shr, item.Cell.Scalar(), Int(Log2(rows))));
            Expr row = Bind("row", RowOfPanel(column, root.N, rows, 1));
            Expr at = Bind("at", Mul(Make(OpCode.Shr, rest, Int(Log2(parts))), Int(block)));
            Expr codeAt = Bind("codeAt", Add(Mul(column, stride), Part(at, QuantizedRow.Packed))), runAt = Bind("runAt", Add(Mul(Part(at, plan.Run), Int(rows)), column));
            for (int part = 0; part < parts; part++)
            {
                Expr? own = parts == 1 ? null : Op(OpCode.Eq, DType.Bool, And(rest, Int(parts - 1)), Int(part));
                IEnumerable<int> ofPart = Enumerable.Range(part * runs / parts, runs / parts);
                Where(emitter, own, () => TakeApart(plan, result, ofPart, new PanelRow(state, emitter, plan, new Cell(row), new Cell(at, false, 0, block)), codeAt, runAt, emitter));
            }
        });
        Append(into, [.. statements]);
        return result;
    }

    private void TakeApart(IntegerDot plan, CodeRows target, IEnumerable<int> runs, PanelRow weights, Expr codeAt, Expr runAt, ElementEmitter emitter)
    {
        int fours = plan.Run / QuantizedRow.Packed;
        void Store(LocalBuffer buffer, Expr index, Expr value) => emitter.Innermost.Add(new StoreLocal(buffer, index, value) { Location = state.Location });
        foreach (int run in runs)
        {
            Expr[] words = [.. Enumerable.Range(run * fours, fours).Select(four => weights.Codes(four))];
            for (int i = 0; i < fours; i++)
                Store(target.Codes, Add(codeAt, Int((run * fours) + i)), words[i]);
            Store(target.Scales, Add(runAt, Int(run * target.Rows)), weights.Scale(run));
            if (target.Offsets is { } offsets)
                Store(offsets, Add(runAt, Int(run * target.Rows)), weights.Offset(run));
        }
    }
}

using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Rounded rows by quantized weights where there are no instructions for matrices: a work-item sums a patch of the result, four bytes at a time.</content>
internal sealed partial class ThreadNests
{
    private void BytePatches(ContractRoot root, IntegerDot plan, RoundedRows left, CodeRows right, List<Stmt> into)
    {
        int across = right.Rows / PatchSide;
        var statements = new List<Stmt>();
        Over(statements, new ThreadIndex(), Bound(statements, "patches", Mul(Count(root.M, PatchSide), Int(across))), Int(Group), (emitter, patch) =>
        {
            Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
            Expr top = Bind("top", Mul(Make(OpCode.Shr, patch.Cell.Scalar(), Int(Log2(across))), Int(PatchSide)));
            Expr first = Bind("left", Mul(And(patch.Cell.Scalar(), Int(across - 1)), Int(PatchSide)));
            Var[][] sums = [.. Enumerable.Range(0, PatchSide).Select(_ => Sums(emitter.Innermost, PatchSide))];
            var run = state.NewVar("run", DType.I32);
            var body = new List<Stmt>();
            emitter.Push(body);
            RunOfPatch(plan, left, right, top, first, run, sums, emitter);
            emitter.Pop();
            emitter.Innermost.Add(new For(run, Zero, Bind("runs", Div(root.K, Int(plan.Run))), Int(1), body) { Location = root.Location });
            for (int i = 0; i < PatchSide; i++)
            {
                for (int j = 0; j < PatchSide; j++)
                {
                    (int row, int column) = (i, j);
                    Expr isThere = Op(OpCode.And, DType.Bool, Less(Add(top, Int(row)), root.M), Less(Add(first, Int(column)), root.N));
                    Where(emitter, isThere, () =>
                    {
                        AxisIndex[] at = [new(new Cell(top, false, row, PatchSide), emitter.Depth), new(new Cell(first, false, column, PatchSide), emitter.Depth)];
                        StoreTile(root.Target!, at, WithAccumulator(root, emitter, at, sums[row][column]), emitter);
                    });
                }
            }
        });
        Append(into, [.. statements]);
    }

    private void RunOfPatch(IntegerDot plan, RoundedRows left, CodeRows right, Expr top, Expr first, Var run, Var[][] sums, ElementEmitter emitter)
    {
        Expr Bind(Expr value) => emitter.Bind(value, null, emitter.Depth);
        Expr Local(LocalBuffer buffer, Expr index) => Bind(new LoadLocal(buffer, index, false));
        int words = plan.Run / QuantizedRow.Packed;
        Expr word = Bind(Mul(run, Int(words))), across = Bind(Add(Mul(run, Int(right.Rows)), first));
        Expr[] rows = Each(i => Bind(Add(Mul(Add(top, Int(i)), left.CodeStride), word))), runs = Each(i => Bind(Add(Mul(Add(top, Int(i)), left.RunStride), run)));
        Expr[] columns = Each(j => Bind(Add(Mul(Add(first, Int(j)), right.CodeStride), word)));
        Expr[][] exact = [.. rows.Select((_, i) => Each(_ => plan.Bias != 0 && !plan.HasOffset ? Local(left.Sums!, runs[i]) : Zero))];
        for (int k = 0; k < words; k++)
        {
            Expr[] other = Each(i => Local(left.Codes, Add(rows[i], Int(k)))), codes = Each(j => Local(right.Codes, Add(columns[j], Int(k))));
            exact = [.. exact.Select((row, i) => Each(j => Bind(new DotFour(codes[j], other[i], row[j]))))];
        }

        for (int i = 0; i < PatchSide; i++)
        {
            for (int j = 0; j < PatchSide; j++)
            {
                Expr scale = Op(OpCode.Mul, DType.F32, Local(right.Scales, Add(across, Int(j))), Local(left.Scales, runs[i]));
                Accumulate(emitter.Innermost, sums[i][j], ToFloat(exact[i][j]), scale);
                if (plan.HasOffset)
                    Accumulate(emitter.Innermost, sums[i][j], Local(left.Sums!, runs[i]), Local(right.Offsets!, Add(across, Int(j))));
            }
        }

        static Expr[] Each(Func<int, Expr> of) => [.. Enumerable.Range(0, PatchSide).Select(of)];
    }
}

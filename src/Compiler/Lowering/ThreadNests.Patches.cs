using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Products of tiles: each work-item sums a patch of the result in registers.</content>
internal sealed partial class ThreadNests
{
    // What one read of an operand is used for: so many rows and columns at most.
    private const int PatchSide = 4;

    // Steps of the reduced axis taken together: fewer where columns lie together, which are the neighbours then.
    private const int Depth = 8;

    // Rows of a tile whose number is not bounded by a constant: those of query heads that share a key head.
    private const int UsualRows = 4;

    private void Patches(ContractRoot root, List<Stmt> into)
    {
        (int height, int width) = PatchOf(root);
        var statements = new List<Stmt>();
        Expr acrossPatches = Bound(statements, "acrossPatches", Count(root.N, width));
        Expr patches = Mul(Count(root.M, height), acrossPatches);
        Over(statements, new ThreadIndex(), patches, Int(Group), (emitter, patch) =>
        {
            Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
            Expr down = Bind("down", Div(patch.Cell.Scalar(), acrossPatches)), across = Bind("across", Sub(patch.Cell.Scalar(), Mul(down, acrossPatches)));
            AxisIndex[] rows = Sides("row", emitter, Bind("top", Mul(down, Int(height))), height, root.M);
            AxisIndex[] columns = Sides("column", emitter, Bind("left", Mul(across, Int(width))), width, root.N);
            Var[][] sums = [.. rows.Select(_ => columns.Select(_ => Mutable(emitter.Innermost, "sum", new Literal(Number.OfBits(root.Type, 0)))).ToArray())];
            Along(root, emitter, rows, columns, sums);
            for (int i = 0; i < height; i++)
            {
                Expr[] results = [.. columns.Select((column, j) => WithAccumulator(root, emitter, [rows[i], column], sums[i][j]))];
                results = [.. results.Select(r => emitter.Bind(r, null, emitter.Depth))];
                int row = i;
                Where(emitter, i == 0 || Divides(height, root.M) ? null : Less(Add(Mul(down, Int(height)), Int(i)), root.M), () =>
                {
                    for (int j = 0; j < width; j++)
                    {
                        int column = j;
                        Where(emitter, j == 0 || Divides(width, root.N) ? null : Less(Add(Mul(across, Int(width)), Int(j)), root.N),
                            () => StoreTile(root.Target!, [rows[row], columns[column]], results[column], emitter));
                    }
                });
            }
        });
        Append(into, [.. statements]);
    }

    private static Expr Count(Expr extent, int side) => Div(Add(extent, Int(side - 1)), Int(side));

    private void Where(ElementEmitter emitter, Expr? condition, Action body)
    {
        if (condition is null)
        {
            body();
            return;
        }

        var statements = new List<Stmt>();
        emitter.Push(statements);
        body();
        emitter.Pop();
        emitter.Innermost.Add(new If(condition, statements, []) { Location = state.Location });
    }

    // As large as leaves a patch for every work-item; a row of neighbours where columns lie together and fill it, else as high as may be first.
    private (int Height, int Width) PatchOf(ContractRoot root)
    {
        int rows = _most.TryGetValue(root.M, out int m) ? m : UsualRows, columns = _most.TryGetValue(root.N, out int n) ? n : 1;
        int each = Math.Max(1, rows * columns / Group);
        int Side(int most, int extent) => most >= PatchSide && extent >= PatchSide ? PatchSide : most >= 2 && extent >= 2 ? 2 : 1;
        if (root.Columns && Divides(PatchSide, root.N) && each >= PatchSide)
            return (Side(each / PatchSide, rows), PatchSide);
        int height = Side(each, rows);
        return (height, Side(each / height, columns));
    }

    private static bool Divides(int divisor, Expr extent) => extent is Literal { Value.I32: var n } && n % divisor == 0;

    // Rows beyond the last repeat it: they are read, and not stored.
    private static AxisIndex[] Sides(string name, ElementEmitter emitter, Expr first, int count, Expr extent) =>
    [
        .. Enumerable.Range(0, count).Select(i => new AxisIndex(
            i == 0 || Divides(count, extent)
                ? new Cell(first, false, i, count)
                : new Cell(emitter.Bind(Make(OpCode.Min, Add(first, Int(i)), Sub(extent, Int(1))), name, emitter.Depth)),
            emitter.Depth)),
    ];

    private void Along(ContractRoot root, ElementEmitter emitter, AxisIndex[] rows, AxisIndex[] columns, Var[][] sums)
    {
        int depth = root.Columns && columns.Length > 1 ? Depth / 2 : Depth;
        while (depth > 1 && _most.TryGetValue(root.K, out int most) && most < depth)
            depth /= 2;
        Expr whole = root.K is Literal { Value.I32: var n } ? Int(n / depth * depth) : emitter.Bind(And(root.K, Int(-depth)), "whole", emitter.Depth);
        void Loop(Expr from, Expr to, int step)
        {
            Var first = state.NewVar("k", DType.I32, false, step);
            var body = new List<Stmt>();
            emitter.Push(body);
            for (int i = 0; i < step; i++)
                Rank1(root, emitter, rows, columns, sums, new AxisIndex(new Cell(first, false, i, step), emitter.Depth));
            emitter.Pop();
            emitter.Innermost.Add(new For(first, from, to, Int(step), body) { Location = root.Location });
        }

        if (depth > 1)
            Loop(Zero, whole, depth);
        if (depth == 1 || whole != root.K)
            Loop(depth == 1 ? Zero : whole, root.K, 1);
    }

    // One step: the column of A by the row of B.
    private static void Rank1(ContractRoot root, ElementEmitter emitter, AxisIndex[] rows, AxisIndex[] columns, Var[][] sums, AxisIndex k)
    {
        Expr Of(Value tile, params AxisIndex[] at) => emitter.Bind(Compute(emitter.Emit(tile, at).Scalar(), root.Type), null, emitter.Depth);
        Expr[] a = [.. rows.Select(row => Of(root.A, row, k))], b = [.. columns.Select(column => Of(root.B, k, column))];
        for (int i = 0; i < a.Length; i++)
        {
            for (int j = 0; j < b.Length; j++)
            {
                Var sum = sums[i][j];
                Expr next = root.Type == DType.F32
                    ? Op(OpCode.Fma, DType.F32, a[i], b[j], sum)
                    : Op(OpCode.Add, root.Type, sum, Op(OpCode.Mul, root.Type, a[i], b[j]));
                emitter.Innermost.Add(new Assign(sum, next) { Location = root.Location });
            }
        }
    }
}

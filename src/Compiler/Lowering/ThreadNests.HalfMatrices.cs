using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// Products of halves that lie in views as they are, on instructions for matrices. Both operands pass through local memory in stages, copied while the stage before is multiplied. Products
/// of halves are exact in floats: nothing is rounded that would not be otherwise, but for sums.
/// </content>
internal sealed partial class ThreadNests
{
    private const int Stages = 3;

    // Elements of a row in one stage, and their words; a piece is what is copied at once.
    private const int StageDepth = 32;
    private const int StageWords = StageDepth / 2;
    private const int Piece = 8;
    private const int PiecesOfRow = StageDepth / Piece;
    private const int StageStride = StageWords + BankShift;

    /// <summary>An operand: where it lies, how many rows of it a stage holds, how many there are, and the stages.</summary>
    private sealed record HalfRows(ViewMatrix Matrix, Value Tile, bool IsTransposed, int Most, Expr Rows, LocalBuffer Stages);

    private (MatrixElement Element, ViewMatrix A, ViewMatrix B)? Halves(ContractRoot root)
    {
        if (!features.MultipliesMatrices || !HasWarps || root is not { Type: DType.F32, Target.Rank: 2 } || root.B.Definition is not { Code: OpCode.Transpose } transpose
            || state.Buffers.ContainsKey(root.B) || !_most.TryGetValue(root.M, out int tall) || !_most.TryGetValue(root.N, out int wide))
            return null;
        var matrices = new Matrices(state);
        foreach ((ElementKind kind, MatrixElement element) in new[] { (ElementKind.F16, MatrixElement.Half), (ElementKind.BF16, MatrixElement.BFloat16) })
        {
            if (matrices.InView(root.A, kind) is { } a && matrices.InView(transpose.Operands[0], kind) is { } b && tall <= MostRows && PairsOfWarp(wide) is 1 or 2 or 4)
                return (element, a, b);
        }

        return null;
    }

    // Sixteen rows more are eight registers more for every two pairs of columns.
    private const int MostRows = 128;

    // All columns at once, or none: warps meet in every stage.
    private int PairsOfWarp(int columns) => columns % (PairColumns * Warps) == 0 ? columns / (PairColumns * Warps) : 0;

    private void HalfMatrices(ContractRoot root, MatrixElement element, ViewMatrix a, ViewMatrix b, List<Stmt> into)
    {
        int tall = (_most[root.M] + MatrixRows - 1) / MatrixRows * MatrixRows, wide = _most[root.N], pairs = PairsOfWarp(wide);
        LocalBuffer Buffer(string name, int rows) => state.NewBuffer(name, DType.I32, Int(Stages * rows * StageStride));
        var left = new HalfRows(a, root.A, false, tall, root.M, Buffer("leftStages", tall));
        var right = new HalfRows(b, root.B, true, wide, root.N, Buffer("rightStages", wide));
        Boundary(into);
        Expr isWhole = Bound(into, "isWhole", Op(OpCode.And, DType.Bool, BeginsAtPiece(a), BeginsAtPiece(b)));
        Expr chunks = Bound(into, "chunks", Div(Add(root.K, Int(StageDepth - 1)), Int(StageDepth)));
        EachPair(root, wide, pairs, into, (statements, warp) =>
        {
            Var[][][] sums = [.. Enumerable.Range(0, tall / MatrixRows).Select(_ => Enumerable.Range(0, 2 * pairs).Select(_ => Sums(statements, 4)).ToArray())];

            // What is copied in a turn is multiplied two turns later: nothing is in the first two. The stage it goes to was multiplied in the turn before.
            var chunk = state.NewVar("chunk", DType.I32);
            var body = new List<Stmt>
            {
                new WaitCopies(Stages - 2) { Location = root.Location },
                new Barrier { Location = root.Location },
            };
            Stage(root, left, right, isWhole, chunk, Bound(body, "stage", Make(OpCode.Rem, chunk, Int(Stages))), chunks, body);
            var products = new List<Stmt>();
            Expr current = Bound(products, "current", Make(OpCode.Rem, Add(chunk, Int(1)), Int(Stages)));
            for (int word = 0; word < StageWords; word += WordsOfProduct)
                Products(element, left, right, current, word, warp, pairs, sums, products);
            body.Add(new If(Op(OpCode.Ge, DType.Bool, chunk, Int(Stages - 1)), products, []) { Location = root.Location });
            statements.Add(new For(chunk, Zero, Add(chunks, Int(Stages - 1)), Int(1), body) { Location = root.Location });
            return sums;
        });
        Barrier(into);
    }

    private void Products(
        MatrixElement element, HalfRows left, HalfRows right, Expr stage, int word, WarpPlace warp, int pairs, Var[][][] sums, List<Stmt> body)
    {
        Expr from = Bound(body, "from", Add(Mul(stage, Int(left.Most * StageStride)), Int(word))), rightFrom = Bound(body, "from", Add(Mul(stage, Int(right.Most * StageStride)), Int(word)));
        Expr[][] columns = [.. Enumerable.Range(0, pairs).Select(p => Columns(right.Stages, Int(StageStride), Add(rightFrom, Int(p * PairColumns * StageStride)), WordsOfProduct, warp, body))];
        for (int m = 0; m < sums.Length; m++)
        {
            Expr[] rows = Rows(left.Stages, Int(StageStride), m, from, WordsOfProduct, warp, body);
            for (int p = 0; p < pairs; p++)
                Multiply(element, [.. sums[m].Skip(2 * p).Take(2)], rows, columns[p], body);
        }
    }

    // Where every row, and the tile's first column, begins at a multiple of a piece.
    private Expr BeginsAtPiece(ViewMatrix matrix)
    {
        Expr start = matrix.Start[matrix.Start.Length - 1];
        Expr aligned = new IsAligned(matrix.View, 2 * Piece);
        return state.DivisorOf(start) % Piece == 0 ? aligned
            : Op(OpCode.And, DType.Bool, aligned, Op(OpCode.Eq, DType.Bool, And(start, Int(Piece - 1)), Zero));
    }

    // Copies a stage of both operands, and makes a group of it; beyond the last, an empty group.
    private void Stage(ContractRoot root, HalfRows left, HalfRows right, Expr isWhole, Expr chunk, Expr stage, Expr chunks, List<Stmt> into)
    {
        var copies = new List<Stmt>();
        foreach (HalfRows rows in new[] { left, right })
        {
            var whole = new List<Stmt>();
            var single = new List<Stmt>();
            Parts(rows, PiecesOfRow, chunk, stage, whole, (row, first, target, emitter) => Copy(root, rows, row, first, target, emitter));
            Parts(rows, StageWords, chunk, stage, single, (row, first, target, emitter) => Packed(root, rows, row, first, target, emitter));
            copies.Add(new If(isWhole, whole, single) { Location = root.Location });
        }

        into.Add(new If(Less(chunk, chunks), copies, []) { Location = root.Location });
        into.Add(new CommitCopies { Location = root.Location });
    }

    // Equal parts of the rows of a stage: the row, the first element along the reduced axis, and the word it goes to.
    private void Parts(HalfRows rows, int parts, Expr chunk, Expr stage, List<Stmt> into, Action<Expr, Expr, Expr, ElementEmitter> part)
    {
        Over(into, new ThreadIndex(), Int(rows.Most * parts), Int(Group), (emitter, item) =>
        {
            Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
            Expr own = Bind("ownRow", Part(item.Cell.Scalar(), parts)), place = Bind("part", And(item.Cell.Scalar(), Int(parts - 1)));
            Expr row = Bind("row", Make(OpCode.Min, own, Sub(rows.Rows, Int(1)))), first = Bind("column", Add(Mul(chunk, Int(StageDepth)), Mul(place, Int(StageDepth / parts))));
            Expr target = Bind("target", Add(Mul(Add(Mul(stage, Int(rows.Most)), own), Int(StageStride)), Mul(place, Int(StageWords / parts))));
            part(row, first, target, emitter);
        });
    }

    // What is beyond the end is not read, and zeros.
    private static void Copy(ContractRoot root, HalfRows rows, Expr row, Expr first, Expr target, ElementEmitter emitter)
    {
        ViewMatrix matrix = rows.Matrix;
        Expr Bind(Expr value) => emitter.Bind(value, null, emitter.Depth);
        Expr[] indices = [.. matrix.Start.AsEnumerable()];
        int last = indices.Length - 1;
        Expr readable = Make(OpCode.Min, first, And(Sub(root.K, Int(1)), Int(-Piece)));
        indices[matrix.RowAxis] = Bind(Add(indices[matrix.RowAxis], row));
        indices[last] = Bind(Add(indices[last], Bind(readable)));
        Expr count = Bind(Make(OpCode.Max, Make(OpCode.Min, Bind(Sub(root.K, first)), Int(Piece)), Zero));
        emitter.Innermost.Add(new CopyAsync(rows.Stages, target, matrix.View, indices, count) { Location = root.Location });
    }

    private void Packed(ContractRoot root, HalfRows rows, Expr row, Expr first, Expr target, ElementEmitter emitter)
    {
        Expr Bind(Expr value) => emitter.Bind(value, null, emitter.Depth);
        Expr Half(int i)
        {
            Expr k = Bind(Add(first, Int(i)));
            AxisIndex column = new(new Cell(Bind(Make(OpCode.Min, k, Sub(root.K, Int(1))))), emitter.Depth), line = new(new Cell(row), emitter.Depth);
            Expr value = emitter.Emit(rows.Tile, rows.IsTransposed ? [column, line] : [line, column]).Scalar();
            return Bind(Op(OpCode.Select, DType.F32, Bind(Less(k, root.K)), value, new Literal(Number.Of(0f))));
        }

        RawType raw = state.RawOf(rows.Matrix.View);
        emitter.Innermost.Add(new StoreLocal(rows.Stages, target, Bind(new PackPair(Half(0), Half(1), raw))) { Location = root.Location });
    }
}

using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// Products by halves that lie in views as they are, on instructions for matrices. Both operands pass through local memory in stages, copied while the stage before is multiplied. Products
/// of halves are exact in floats: nothing is rounded that would not be otherwise, but for sums, and the left operand where it is of floats, which only kernels that say so let happen.
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

    /// <summary>An operand: where it lies (null for floats, which are rounded), how many rows of it a stage holds, how many there are, and the stages.</summary>
    private sealed record HalfRows(ViewMatrix? Matrix, Value Tile, bool IsTransposed, int Most, Expr Rows, LocalBuffer Stages);

    private (MatrixElement Element, ViewMatrix? A, ViewMatrix B)? Halves(ContractRoot root)
    {
        if (!features.MultipliesMatrices || !HasWarps || root is not { Type: DType.F32, Target.Rank: 2 } || root.B.Definition is not { Code: OpCode.Transpose } transpose
            || state.Buffers.ContainsKey(root.B) || !_most.TryGetValue(root.M, out int tall) || !_most.TryGetValue(root.N, out int wide))
            return null;
        var matrices = new Matrices(state);
        foreach ((ElementKind kind, MatrixElement element) in HalfElements)
        {
            if (tall > MostRows || PairsOfWarp(wide) is not (1 or 2 or 4) || matrices.InView(transpose.Operands[0], kind) is not { } b)
                continue;
            ViewMatrix? a = matrices.InView(root.A, kind);
            if (a is not null || (state.Kernel.RoundedProducts.Contains(kind) && root.A.Type.DType == DType.F32 && !state.Buffers.ContainsKey(root.A)))
                return (element, a, b);
        }

        return null;
    }

    // Sixteen rows more are eight registers more for every two pairs of columns.
    private const int MostRows = 128;

    // All columns at once, or none: warps meet in every stage.
    private int PairsOfWarp(int columns) => columns % (PairColumns * Warps) == 0 ? columns / (PairColumns * Warps) : 0;

    private static readonly (ElementKind Kind, MatrixElement Element)[] HalfElements = [(ElementKind.F16, MatrixElement.Half), (ElementKind.BF16, MatrixElement.BFloat16)];

    private void HalfMatrices(ContractRoot root, MatrixElement element, ViewMatrix? a, ViewMatrix b, List<Stmt> into)
    {
        int tall = (_most[root.M] + MatrixRows - 1) / MatrixRows * MatrixRows, wide = _most[root.N], pairs = PairsOfWarp(wide);
        LocalBuffer Buffer(string name, int rows) => state.NewBuffer(name, DType.I32, Int(Stages * rows * StageStride));
        var left = new HalfRows(a, root.A, false, tall, root.M, Buffer("leftStages", tall));
        var right = new HalfRows(b, root.B, true, wide, root.N, Buffer("rightStages", wide));
        Boundary(into);
        Expr isWhole = Bound(into, "isWhole", a is null ? BeginsAtPiece(b) : Op(OpCode.And, DType.Bool, BeginsAtPiece(a), BeginsAtPiece(b)));
        Expr chunks = Bound(into, "chunks", Div(Add(root.K, Int(StageDepth - 1)), Int(StageDepth)));
        Var? largest = a is null && element == MatrixElement.Half ? Mutable(into, "largest", new Literal(Number.Of(0f))) : null;
        Expr? fits = null;
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
            Stage(root, element, left, right, largest, isWhole, chunk, Bound(body, "stage", Make(OpCode.Rem, chunk, Int(Stages))), chunks, body);
            var products = new List<Stmt>();
            Expr current = Bound(products, "current", Make(OpCode.Rem, Add(chunk, Int(1)), Int(Stages)));
            for (int word = 0; word < StageWords; word += WordsOfProduct)
                Products(element, left, right, current, word, warp, pairs, sums, products);
            body.Add(new If(Op(OpCode.Ge, DType.Bool, chunk, Int(Stages - 1)), products, []) { Location = root.Location });
            statements.Add(new For(chunk, Zero, Add(chunks, Int(Stages - 1)), Int(1), body) { Location = root.Location });
            return sums;
        }, largest is null ? null : statements => fits = Fits(largest, statements));
        Barrier(into);
        if (fits is null)
            return;

        // Floats that no half holds: the product in floats, as everywhere else.
        var patches = new List<Stmt>();
        Patches(root, patches);
        into.Add(new If(new Apply(OpCode.Not, DType.Bool, false, new[] { fits }), patches, []) { Location = root.Location });
        Barrier(into);
    }

    // Whether the largest magnitude that any work-item has rounded is a half's.
    private Expr Fits(Var largest, List<Stmt> into)
    {
        const float largestHalf = 65504;
        LocalBuffer scratch = Scratch(DType.F32);
        Butterfly(into, ReduceKind.Max, largest);
        into.Add(new If(Op(OpCode.Eq, DType.Bool, LaneOfWarp, Zero), [new StoreLocal(scratch, WarpOfGroup, largest)], []) { Location = state.Location });
        into.Add(new Barrier { Location = state.Location });
        Expr most = Bound(into, "most", new LoadLocal(scratch, Zero, false));
        for (int warp = 1; warp < Warps; warp++)
            most = Bound(into, "most", Combined(ReduceKind.Max, most, Bound(into, "other", new LoadLocal(scratch, Int(warp), false))));
        return Bound(into, "fits", Op(OpCode.Le, DType.Bool, most, new Literal(Number.Of(largestHalf))));
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
    private void Stage(ContractRoot root, MatrixElement element, HalfRows left, HalfRows right, Var? largest, Expr isWhole, Expr chunk, Expr stage, Expr chunks, List<Stmt> into)
    {
        var copies = new List<Stmt>();
        foreach (HalfRows rows in new[] { left, right })
        {
            if (rows.Matrix is null)
            {
                Parts(rows, PiecesOfRow, chunk, stage, copies, (row, first, target, emitter) => RoundedPiece(root, element, rows, largest, row, first, target, emitter));
                continue;
            }

            var whole = new List<Stmt>();
            var single = new List<Stmt>();
            Parts(rows, PiecesOfRow, chunk, stage, whole, (row, first, target, emitter) =>
                Copy(rows.Stages, rows.Matrix, Sub(rows.Rows, Int(1)), root.K, row, first, target, null, emitter));
            Parts(rows, StageWords, chunk, stage, single, (row, first, target, emitter) => Packed(root, element, rows, row, first, target, emitter));
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

    // What is beyond the end is not read, and zeros; so are rows that are not there.
    private static void Copy(
        LocalBuffer stages, ViewMatrix matrix, Expr lastRow, Expr length, Expr row, Expr first, Expr target, Expr? isThere, ElementEmitter emitter)
    {
        Expr Bind(Expr value) => emitter.Bind(value, null, emitter.Depth);
        Expr[] indices = [.. matrix.Start.AsEnumerable()];
        int last = indices.Length - 1;
        Expr readable = Make(OpCode.Min, first, And(Sub(length, Int(1)), Int(-Piece)));
        indices[matrix.RowAxis] = Bind(Add(indices[matrix.RowAxis], isThere is null ? row : Bind(Make(OpCode.Min, row, lastRow))));
        indices[last] = Bind(Add(indices[last], Bind(readable)));
        Expr count = Bind(Make(OpCode.Max, Make(OpCode.Min, Bind(Sub(length, first)), Int(Piece)), Zero));
        if (isThere is not null)
            count = Bind(new Apply(OpCode.Select, DType.I32, false, new[] { isThere, count, Zero }));
        emitter.Innermost.Add(new CopyAsync(stages, target, matrix.View, indices, count) { Location = emitter.Location });
    }

    private static void Packed(ContractRoot root, MatrixElement element, HalfRows rows, Expr row, Expr first, Expr target, ElementEmitter emitter)
    {
        Expr Half(int i)
        {
            Expr k = emitter.Bind(Add(first, Int(i)), null, emitter.Depth);
            return ElementOrZero(rows.Tile, rows.IsTransposed, row, k, root.K, emitter);
        }

        emitter.Innermost.Add(new StoreLocal(rows.Stages, target, emitter.Bind(new PackPair(Half(0), Half(1), RawOf(element)), null, emitter.Depth)) { Location = root.Location });
    }

    // Floats, rounded: read together where all of a piece is there.
    private void RoundedPiece(ContractRoot root, MatrixElement element, HalfRows rows, Var? largest, Expr row, Expr first, Expr target, ElementEmitter emitter)
    {
        Var[] values = [.. Enumerable.Range(0, Piece).Select(_ => Mutable(emitter.Innermost, "half", new Literal(Number.Of(0f))))];
        void Read(Func<ElementEmitter, int, Expr> value)
        {
            Expr[] read = [.. values.Select((_, i) => value(emitter, i))];
            for (int i = 0; i < Piece; i++)
                emitter.Innermost.Add(new Assign(values[i], read[i]) { Location = root.Location });
        }

        var whole = new List<Stmt>();
        emitter.Push(whole);
        Read((e, i) => e.Emit(rows.Tile, new AxisIndex(new Cell(row), e.Depth), new AxisIndex(new Cell(first, false, i, Piece), e.Depth)).Scalar());
        emitter.Pop();
        var single = new List<Stmt>();
        emitter.Push(single);
        Read((e, i) => ElementOrZero(rows.Tile, false, row, e.Bind(Add(first, Int(i)), null, e.Depth), root.K, e));
        emitter.Pop();
        emitter.Innermost.Add(new If(Less(Add(first, Int(Piece - 1)), root.K), whole, single) { Location = root.Location });
        foreach (Var value in largest is null ? [] : values)
        {
            Expr magnitude = emitter.Bind(new Apply(OpCode.Abs, DType.F32, false, new[] { value }), null, emitter.Depth);
            emitter.Innermost.Add(new Assign(largest!, Combined(ReduceKind.Max, largest!, magnitude)));
        }

        for (int i = 0; i < Piece; i += 2)
            emitter.Innermost.Add(new StoreLocal(rows.Stages, Add(target, Int(i / 2)), emitter.Bind(new PackPair(values[i], values[i + 1], RawOf(element)), null, emitter.Depth)));
    }

    // An element of a row of the tile, or of a column where it is transposed; zero beyond the end.
    private static Expr ElementOrZero(Value tile, bool isTransposed, Expr row, Expr k, Expr length, ElementEmitter emitter)
    {
        Expr Bind(Expr value) => emitter.Bind(value, null, emitter.Depth);
        AxisIndex column = new(new Cell(Bind(Make(OpCode.Min, k, Sub(length, Int(1))))), emitter.Depth), line = new(new Cell(row), emitter.Depth);
        Expr value = emitter.Emit(tile, isTransposed ? [column, line] : [line, column]).Scalar();
        return Bind(Op(OpCode.Select, DType.F32, Bind(Less(k, length)), value, new Literal(Number.Of(0f))));
    }

    private static RawType RawOf(MatrixElement element) => element == MatrixElement.Half ? RawType.F16 : RawType.BF16;
}

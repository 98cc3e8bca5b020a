using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// The stages of local memory through which the operands of a product pass. In each turn one stage is multiplied, and what goes to the stage that was multiplied a turn ago is on its way:
/// halves by copies beside the products, three turns long; floats, which are rounded, by way of registers, loaded before the products and stored after them.
/// </content>
internal sealed partial class ThreadNests
{
    // A power of two. Four stages of 128 rows and 128 columns are about as large as their product, which takes their place.
    private const int Stages = 4;

    private const int Piece = StageLayout.Piece;
    private const int WordsOfPiece = StageLayout.WordsOfPiece;

    /// <summary>An operand: where it lies, whether it is of floats, how many rows of it a stage holds, how many there are, and its first word in a stage.</summary>
    private sealed record HalfRows(ViewMatrix Matrix, Value Tile, bool IsTransposed, bool IsRounded, int Most, Expr Rows, int From);

    /// <summary>The stages of a product: how they lie, so many words each; and the largest magnitude that has been rounded, if it matters.</summary>
    private sealed record StagedRows(ContractRoot Root, MatrixElement Element, StageLayout Layout, LocalBuffer Buffer, int Words, Var? Largest);

    /// <summary>A work-item's pieces of a stage's rows, one in every so many of them: the rows in the view, the first one's word in a stage, and whether each is there.</summary>
    private sealed record StagePieces(HalfRows Rows, Expr IsWhole, Expr[] ViewRows, Expr Word, int Apart, Expr?[] IsThere);

    /// <summary>Both operands on their way through stages: a work-item's pieces, floats that it holds meanwhile, how many chunks there are, and the place of its pieces in a row.</summary>
    private sealed record Arriving(StagePieces[] Operands, Var[] Floats, Expr Chunks, Expr Place);

    /// <summary>A chunk on its way, if it is there: of each operand, whether it can be started, what starts it, and what stores it word by word; and what stores the floats that it started to load.</summary>
    private sealed record Arrival(Expr IsThere, List<(Expr CanStart, List<Stmt> Starts, List<Stmt> Words)> Operands, Stmt[] Ends, SourceLocation Location)
    {
        /// <summary>Starts what can be started, and stores what cannot.</summary>
        public If Any => new(IsThere, [.. Operands.Select(each => new If(each.CanStart, each.Starts, each.Words) { Location = Location })], []) { Location = Location };

        /// <summary>Starts what can be started.</summary>
        public If Started => new(IsThere, [.. Operands.Select(each => new If(each.CanStart, each.Starts, []) { Location = Location })], []) { Location = Location };

        /// <summary>Stores what cannot be started.</summary>
        public IEnumerable<Stmt> Stored => Operands.Select(each => new If(new Apply(OpCode.Not, DType.Bool, false, new[] { each.CanStart }), each.Words, []) { Location = Location });
    }

    // Where the product itself goes, if nothing lies there yet: it is stored when the last stage has been multiplied.
    private LocalBuffer StagesOf(ContractRoot root, int words)
    {
        LocalBuffer target = root.Target!.Storage;
        return state.NewBuffer("stages", DType.I32, Int(words), root.Accumulator is null && target.Size is Literal ? target : null);
    }

    /// <summary>The turns: what is copied in one is multiplied three turns later, and nothing is in the first three.</summary>
    private void EachStage(StagedRows stages, HalfRows left, HalfRows right, List<Stmt> into, Action<Expr, List<Stmt>> multiply)
    {
        SourceLocation location = stages.Root.Location;
        Arriving arriving = ArrivingOf(stages, left, right, into);
        var chunk = state.NewVar("chunk", DType.I32);
        var body = new List<Stmt> { new WaitCopies(Stages - 2) { Location = location }, new Barrier { Location = location } };
        Arrival next = ArrivalOf(stages, arriving, chunk, body);
        body.Add(next.Any);
        body.Add(new CommitCopies { Location = location });
        var products = new List<Stmt>();
        multiply(Bound(products, "current", StageAt(stages, Add(chunk, Int(1)))), products);
        body.Add(new If(Op(OpCode.Ge, DType.Bool, chunk, Int(Stages - 1)), products, []) { Location = location });
        body.AddRange(next.Ends);
        into.Add(new For(chunk, Zero, Add(arriving.Chunks, Int(Stages - 1)), Int(1), body) { Location = location });
    }

    private static Expr StageAt(StagedRows stages, Expr chunk) => Mul(And(chunk, Int(Stages - 1)), Int(stages.Words));

    private Arriving ArrivingOf(StagedRows stages, HalfRows left, HalfRows right, List<Stmt> into)
    {
        StageLayout layout = stages.Layout;
        Expr chunks = Bound(into, "chunks", Div(Add(stages.Root.K, Int(layout.Depth - 1)), Int(layout.Depth)));
        Expr own = Bound(into, "ownRow", Part(new ThreadIndex(), layout.Pieces)), place = Bound(into, "piece", And(new ThreadIndex(), Int(layout.Pieces - 1)));
        StagePieces[] operands = [.. new[] { left, right }.Select(rows => Pieces(layout, rows, own, place, into))];
        Var[] floats = [.. Enumerable.Range(0, left.IsRounded ? operands[0].ViewRows.Length * Piece : 0).Select(_ => Mutable(into, "ahead", new Literal(Number.Of(0f))))];
        return new Arriving(operands, floats, chunks, place);
    }

    // What brings a chunk of both operands into its stage: what can be started, what does it at once where that cannot, and, of floats, what is left to do when they are there.
    private Arrival ArrivalOf(StagedRows stages, Arriving arriving, Expr chunk, List<Stmt> into)
    {
        (StagePieces left, int depth, SourceLocation location) = (arriving.Operands[0], stages.Layout.Depth, stages.Root.Location);
        Expr stage = Bound(into, "stage", StageAt(stages, chunk)), first = Bound(into, "column", Add(Mul(chunk, Int(depth)), Mul(arriving.Place, Int(Piece))));

        // Copies say what is beyond the end; floats are read so only where all of a stage is there.
        Expr isAhead = left.Rows.IsRounded
            ? Bound(into, "isAhead", Op(OpCode.And, DType.Bool, left.IsWhole, Op(OpCode.Le, DType.Bool, Mul(Add(chunk, Int(1)), Int(depth)), stages.Root.K)))
            : left.IsWhole;
        List<(Expr, List<Stmt>, List<Stmt>)> ways = [];
        foreach (StagePieces pieces in arriving.Operands.Reverse())
        {
            List<Stmt> starts = [], words = [];
            if (pieces.Rows.IsRounded)
                ReadAhead(pieces, first, arriving.Floats, starts);
            else
                CopyPieces(stages, pieces, stage, first, starts);
            Words(stages, pieces.Rows, chunk, stage, words);
            ways.Add((pieces.Rows.IsRounded ? isAhead : pieces.IsWhole, starts, words));
        }

        var stores = new List<Stmt>();
        if (left.Rows.IsRounded)
            StoreAhead(stages, left, stage, arriving.Floats, stores);
        return new Arrival(Less(chunk, arriving.Chunks), ways, stores.Count == 0 ? [] : [new If(isAhead, stores, []) { Location = location }], location);
    }

    private StagePieces Pieces(StageLayout layout, HalfRows rows, Expr own, Expr place, List<Stmt> into)
    {
        int apart = Group / layout.Pieces, count = (rows.Most + apart - 1) / apart;
        Expr isWhole = Bound(into, "isWhole", BeginsAtPiece(rows.Matrix, rows.IsRounded ? Piece / 2 : Piece));
        Expr Row(int i) => Add(rows.Matrix.Start[rows.Matrix.RowAxis], Make(OpCode.Min, Add(own, Int(i * apart)), Sub(rows.Rows, Int(1))));
        return new StagePieces(
            rows, isWhole, [.. Enumerable.Range(0, count).Select(i => Bound(into, "row", Row(i)))],
            Bound(into, "wordOfPiece", Add(Add(Mul(own, Int(layout.Words)), layout.Swizzled(Mul(place, Int(WordsOfPiece)), own)), Int(rows.From))), apart,
            [.. Enumerable.Range(1, count).Select(i => i * apart <= rows.Most ? null : Less(own, Int(rows.Most - ((i - 1) * apart))))]);
    }

    private void EachPiece(StagePieces pieces, List<Stmt> into, Action<int, ElementEmitter> body)
    {
        var emitter = new ElementEmitter(state, into);
        for (int i = 0; i < pieces.ViewRows.Length; i++)
        {
            int piece = i;
            Where(emitter, pieces.IsThere[i], () => body(piece, emitter));
        }
    }

    private static Expr[] IndicesOf(StagePieces pieces, int piece, Expr column)
    {
        Expr[] indices = [.. pieces.Rows.Matrix.Start.AsEnumerable()];
        indices[pieces.Rows.Matrix.RowAxis] = pieces.ViewRows[piece];
        indices[indices.Length - 1] = column;
        return indices;
    }

    private void CopyPieces(StagedRows stages, StagePieces pieces, Expr stage, Expr first, List<Stmt> into)
    {
        ViewMatrix matrix = pieces.Rows.Matrix;
        (Expr readable, Expr count) = Readable(first, stages.Root.K, e => Bound(into, "piece", e));
        Expr column = Bound(into, "column", Add(matrix.Start[matrix.Start.Length - 1], readable)), word = Bound(into, "target", Add(stage, pieces.Word));
        EachPiece(pieces, into, (i, emitter) => emitter.Innermost.Add(
            new CopyAsync(stages.Buffer, Add(word, Int(i * pieces.Apart * stages.Layout.Words)), matrix.View, IndicesOf(pieces, i, column), count) { Location = stages.Root.Location }));
    }

    // Loaded all, and not looked at before the products are under way.
    private void ReadAhead(StagePieces pieces, Expr first, Var[] floats, List<Stmt> into)
    {
        ViewMatrix matrix = pieces.Rows.Matrix;
        Expr column = Bound(into, "column", Add(matrix.Start[matrix.Start.Length - 1], first));
        var read = new Expr[floats.Length];
        EachPiece(pieces with { IsThere = new Expr?[pieces.IsThere.Length] }, into, (i, emitter) =>
        {
            for (int j = 0; j < Piece; j++)
            {
                var load = new LoadView(matrix.View, IndicesOf(pieces, i, Add(column, Int(j))), RawType.F32, false, DType.F32, false) { Alignment = 2 * Piece };
                read[(i * Piece) + j] = Bound(emitter.Innermost, "f", load);
            }
        });
        for (int i = 0; i < floats.Length; i++)
            into.Add(new Assign(floats[i], read[i]) { Location = state.Location });
    }

    private void StoreAhead(StagedRows stages, StagePieces pieces, Expr stage, Var[] floats, List<Stmt> into)
    {
        Expr word = Bound(into, "target", Add(stage, pieces.Word));
        EachPiece(pieces, into, (i, emitter) =>
        {
            Var[] piece = [.. floats.Skip(i * Piece).Take(Piece)];
            foreach (Var value in piece)
                Notice(stages, value, emitter);
            Expr[] words = [.. Enumerable.Range(0, WordsOfPiece).Select(w => emitter.Bind(new PackPair(piece[2 * w], piece[(2 * w) + 1], RawOf(stages.Element)), null, emitter.Depth))];
            for (int w = 0; w < words.Length; w++)
                emitter.Innermost.Add(new StoreLocal(stages.Buffer, Add(word, Int((i * pieces.Apart * stages.Layout.Words) + w)), words[w]) { Location = stages.Root.Location });
        });
    }

    // A stage word by word: where rows lie anywhere, and at the end of floats.
    private void Words(StagedRows stages, HalfRows rows, Expr chunk, Expr stage, List<Stmt> into)
    {
        (ContractRoot root, StageLayout layout) = (stages.Root, stages.Layout);
        Over(into, new ThreadIndex(), Int(rows.Most * layout.Words), Int(Group), (emitter, item) =>
        {
            Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
            Expr own = Bind("ownRow", Part(item.Cell.Scalar(), layout.Words)), word = Bind("word", And(item.Cell.Scalar(), Int(layout.Words - 1)));
            Expr row = Bind("row", Make(OpCode.Min, own, Sub(rows.Rows, Int(1)))), first = Bind("column", Add(Mul(chunk, Int(layout.Depth)), Mul(word, Int(2))));
            Expr[] pair = [.. Enumerable.Range(0, 2).Select(i => ElementOrZero(rows.Tile, rows.IsTransposed, row, emitter.Bind(Add(first, Int(i)), null, emitter.Depth), root.K, emitter))];
            foreach (Expr value in rows.IsRounded ? pair : [])
                Notice(stages, value, emitter);
            Expr target = Bind("target", Add(Add(Add(stage, Mul(own, Int(layout.Words))), layout.Swizzled(word, own)), Int(rows.From)));
            emitter.Innermost.Add(new StoreLocal(stages.Buffer, target, Bind("pair", new PackPair(pair[0], pair[1], RawOf(stages.Element)))) { Location = root.Location });
        });
    }

    private static void Notice(StagedRows stages, Expr value, ElementEmitter emitter)
    {
        if (stages.Largest is { } largest)
            emitter.Innermost.Add(new Assign(largest, Op(OpCode.Max, DType.F32, largest, emitter.Bind(Op(OpCode.Abs, DType.F32, value), null, emitter.Depth))) { Location = stages.Root.Location });
    }

    // Where every row, and the tile's first column, begins at a multiple of 16 bytes, which are so many elements.
    private Expr BeginsAtPiece(ViewMatrix matrix, int elements = Piece)
    {
        Expr start = matrix.Start[matrix.Start.Length - 1];
        Expr aligned = new IsAligned(matrix.View, 2 * Piece);
        return state.DivisorOf(start) % elements == 0 ? aligned
            : Op(OpCode.And, DType.Bool, aligned, Op(OpCode.Eq, DType.Bool, And(start, Int(elements - 1)), Zero));
    }

    // Where a piece is read from, and how many of its elements are there: what is beyond the end is not read.
    private static (Expr Column, Expr Count) Readable(Expr first, Expr length, Func<Expr, Expr> bind) =>
        (bind(Make(OpCode.Min, first, And(Sub(length, Int(1)), Int(-Piece)))), bind(Make(OpCode.Max, Make(OpCode.Min, bind(Sub(length, first)), Int(Piece)), Zero)));

    // What is beyond the end is not read, and zeros; so are rows that are not there.
    private static void Copy(
        LocalBuffer stages, ViewMatrix matrix, Expr lastRow, Expr length, Expr row, Expr first, Expr target, Expr? isThere, ElementEmitter emitter)
    {
        Expr Bind(Expr value) => emitter.Bind(value, null, emitter.Depth);
        Expr[] indices = [.. matrix.Start.AsEnumerable()];
        int last = indices.Length - 1;
        (Expr readable, Expr count) = Readable(first, length, Bind);
        indices[matrix.RowAxis] = Bind(Add(indices[matrix.RowAxis], isThere is null ? row : Bind(Make(OpCode.Min, row, lastRow))));
        indices[last] = Bind(Add(indices[last], readable));
        if (isThere is not null)
            count = Bind(new Apply(OpCode.Select, DType.I32, false, new[] { isThere, count, Zero }));
        emitter.Innermost.Add(new CopyAsync(stages, target, matrix.View, indices, count) { Location = emitter.Location });
    }
}

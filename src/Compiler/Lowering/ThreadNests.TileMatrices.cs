using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// Products of tiles of floats by tiles of halves in views, on instructions for matrices. A tile that is computed and lies in local memory, as those of attention do, is rounded to halves
/// where it is made, once; one in a view where it is multiplied. The other is copied as a whole. Only kernels that say so have their products rounded.
/// </content>
internal sealed partial class ThreadNests
{
    // Rows of sixteen that one warp sums at once.
    private const int MostBlocks = 4;

    /// <summary>A tile as halves in local memory: rows of so many words, as many as a multiple of sixteen, of as many columns.</summary>
    private sealed record HalfTile(LocalBuffer Words, Expr Stride);

    /// <summary>How a product runs: what matrices hold, and whether the right tile's rows are what is summed along (keys) or what is summed over (values).</summary>
    private sealed record RoundedProduct(MatrixElement Element, Value Tile, bool IsTransposed);

    private readonly Dictionary<Value, HalfTile> _halfTiles = [];
    private readonly Dictionary<Value, RoundedProduct> _roundedBy = [];
    private readonly Dictionary<(Expr Size, bool IsAhead), LocalBuffer> _copies = [];
    private Dependence? _dependence;

    private Dependence Uses => _dependence ??= new Dependence(state.Kernel.Body);

    private RoundedProduct? RoundedTiles(ContractRoot root) =>
        root is { Type: DType.F32, Target.Rank: 2 } && (state.Buffers.ContainsKey(root.A) || new Matrices(state).IsInView(root.A, ElementKind.F32)) ? ProductOf(root.A, root.B) : null;

    // Of a left operand by a right one. What was said once stays so: a left operand may exist as halves only.
    private RoundedProduct? ProductOf(Value a, Value b)
    {
        if (!features.MultipliesMatrices || !HasWarps || state.Kernel.RoundedProducts.Count == 0 || a.Type is not { DType: DType.F32, Rank: 2 } || b.Type.Rank != 2)
            return null;
        if (_roundedBy.TryGetValue(b, out RoundedProduct? known))
            return known;
        bool isTransposed = b.Definition is { Code: OpCode.Transpose };
        Value tile = isTransposed ? b.Definition!.Operands[0] : b;
        var matrices = new Matrices(state);
        foreach ((ElementKind kind, MatrixElement element) in HalfElements)
        {
            if (state.Kernel.RoundedProducts.Contains(kind) && matrices.IsInView(tile, kind))
                return _roundedBy[b] = new RoundedProduct(element, tile, isTransposed);
        }

        return null;
    }

    // What a tile is rounded to where it is made: the left operand of such products, all of one element.
    private RoundedProduct? PackedFor(Value tile) => !features.MultipliesMatrices || state.Kernel.RoundedProducts.Count == 0 || IsInRegisters(tile)
        ? null
        : Uses.Users(tile).Where(user => IsLeftOf(user, tile)).Select(user => ProductOf(tile, user.Operands[1])).FirstOrDefault(product => product is not null);

    private static bool IsLeftOf(Op user, Value tile) => user.Code == OpCode.Dot && ReferenceEquals(user.Operands[0], tile) && !user.Operands.Skip(1).Contains(tile);

    // Floats are kept beside the halves only if something else reads them.
    private void PackedRoot(MaterializeRoot root, Expr[] extents, List<Stmt> into)
    {
        bool isOnlyMultiplied = Uses.Users(root.Value).All(user => IsLeftOf(user, root.Value) && ProductOf(root.Value, user.Operands[1]) is not null);
        if (!isOnlyMultiplied)
            ElementsOf([root], extents, into);
        HalfTile halves = _halfTiles[root.Value] = NewHalfTile(root.Value);
        Pack(root.Value, halves, PackedFor(root.Value)!.Element, extents[0], extents[1], isOnlyMultiplied, into);
    }

    private void Pack(Value tile, HalfTile halves, MatrixElement element, Expr rows, Expr columns, bool isComputed, List<Stmt> into)
    {
        var statements = new List<Stmt>();
        Expr filled = BlocksOf(rows) is { } blocks ? Int(blocks * MatrixRows) : state.RoundUp(rows, MatrixRows);
        Pieces(filled, columns, statements, (emitter, row, first) =>
        {
            Expr own = emitter.Bind(Make(OpCode.Min, row, Sub(rows, Int(1))), null, emitter.Depth);
            Expr[] values = [.. Enumerable.Range(0, Piece).Select(i => PieceElement(tile, own, first, i, columns, isComputed, emitter))];
            StorePiece(halves, element, row, first, values, emitter);
        });
        Append(into, [.. statements]);
    }

    private HalfTile NewHalfTile(Value tile)
    {
        Extent[] shape = tile.Type.Shape;
        Expr stride = StrideOf(shape);
        return new HalfTile(state.NewBuffer($"{tile.Name ?? "tile"}Halves", DType.I32, Mul(state.RoundUp(state.Bound(shape[0]), MatrixRows), stride)), stride);
    }

    private Expr StrideOf(Extent[] shape) => Add(Div(state.RoundUp(state.Bound(shape[1]), MatrixRows), Int(2)), Int(BankShift));

    // Sixteens of rows of a left operand, where they are few enough for one warp to sum all: as many then, however many of its rows there are.
    private int? BlocksOf(Expr rows) => _most.TryGetValue(rows, out int most) && most <= MostBlocks * MatrixRows ? (most + MatrixRows - 1) / MatrixRows : null;

    // Pieces of so many rows, the last of a row filled up: the row, and the piece's first column, which stays a work-item's where the group takes whole rows at a time.
    private void Pieces(Expr rows, Expr columns, List<Stmt> into, Action<ElementEmitter, Expr, Expr> body, int width = Piece)
    {
        Expr pieces = Bound(into, "pieces", Div(state.RoundUp(columns, MatrixRows), Int(width)));
        if (pieces is Literal { Value.I32: var most } && IsPowerOfTwo(most) && most <= Group && Group % most == 0)
        {
            Expr first = Bound(into, "column", Mul(And(new ThreadIndex(), Int(most - 1)), Int(width)));
            Over(into, Part(new ThreadIndex(), most), rows, Int(Group / most), (emitter, row) => body(emitter, row.Cell.Scalar(), first));
            return;
        }

        Over(into, new ThreadIndex(), Mul(rows, pieces), Int(Group), (emitter, item) =>
        {
            Expr row = emitter.Bind(Div(item.Cell.Scalar(), pieces), "row", emitter.Depth);
            Expr piece = emitter.Bind(Sub(item.Cell.Scalar(), Mul(row, pieces)), "piece", emitter.Depth);
            body(emitter, row, emitter.Bind(Mul(piece, Int(width)), "column", emitter.Depth));
        });
    }

    private static Expr PieceElement(Value tile, Expr row, Expr first, int i, Expr columns, bool isComputed, ElementEmitter emitter)
    {
        AxisIndex Index(Cell cell) => new(cell, emitter.Depth);
        Cell Emit(Cell column) => isComputed ? emitter.EmitDefinition(tile, Index(new Cell(row)), Index(column)) : emitter.Emit(tile, Index(new Cell(row)), Index(column));
        if (Divides(MatrixRows, columns))
            return emitter.Bind(Emit(new Cell(first, false, i, Piece)).Scalar(), null, emitter.Depth);
        Expr column = emitter.Bind(Add(first, Int(i)), null, emitter.Depth);
        Expr value = Emit(new Cell(emitter.Bind(Make(OpCode.Min, column, Sub(columns, Int(1))), null, emitter.Depth))).Scalar();
        return emitter.Bind(Op(OpCode.Select, DType.F32, emitter.Bind(Less(column, columns), null, emitter.Depth), value, new Literal(Number.Of(0f))), null, emitter.Depth);
    }

    private static void StorePiece(HalfTile target, MatrixElement element, Expr row, Expr first, Expr[] values, ElementEmitter emitter)
    {
        Expr at = emitter.Bind(WordOf(target, row, first), null, emitter.Depth);
        Expr[] words = [.. Enumerable.Range(0, Piece / 2).Select(i => emitter.Bind(new PackPair(values[2 * i], values[(2 * i) + 1], RawOf(element)), null, emitter.Depth))];
        for (int i = 0; i < words.Length; i++)
            emitter.Innermost.Add(new StoreLocal(target.Words, Add(at, Int(i)), words[i]) { Location = emitter.Location });
    }

    private static Expr WordOf(HalfTile tile, Expr row, Expr first) => Add(Mul(row, tile.Stride), Make(OpCode.Shr, first, Int(1)));

    private void TileMatrices(ContractRoot root, RoundedProduct product, List<Stmt> into)
    {
        if (!_halfTiles.TryGetValue(root.A, out HalfTile? left))
        {
            left = NewHalfTile(root.A);
            Pack(root.A, left, product.Element, root.M, root.K, false, into);
        }

        HalfTile right = Copied(product, into);
        TileProducts(root, product, left, right, into);
    }

    // Keys and values take turns in one buffer: each is multiplied before the other comes.
    private HalfTile Copied(RoundedProduct product, List<Stmt> into)
    {
        Boundary(into);
        HalfTile copy = StartCopy(product, isAhead: false, fills: false, into);
        into.Add(new WaitCopies(0) { Location = state.Location });
        Barrier(into);
        return copy;
    }

    // Where the product stays in registers, all rows there can be are filled: keys that are not there are the last again, as the columns they make are, and values zeros.
    private HalfTile StartCopy(RoundedProduct product, bool isAhead, bool fills, List<Stmt> into)
    {
        Extent[] shape = product.Tile.Type.Shape;
        Expr rows = Known(shape[0]), columns = Known(shape[1]);
        Expr stride = StrideOf(shape), size = Mul(state.RoundUp(state.Bound(shape[0]), MatrixRows), stride);
        if (!_copies.TryGetValue((size, isAhead), out LocalBuffer? words))
            _copies[(size, isAhead)] = words = state.NewBuffer("copied", DType.I32, size);
        var copy = new HalfTile(words, stride);
        bool repeats = fills && product.IsTransposed;
        var single = new List<Stmt>();
        Expr filled = state.RoundUp(fills ? state.Bound(shape[0]) : rows, MatrixRows);
        Expr Own(Expr row, ElementEmitter emitter) => emitter.Bind(Make(OpCode.Min, row, Sub(rows, Int(1))), null, emitter.Depth);
        Expr? IsThere(Expr row, ElementEmitter emitter) => repeats ? null : emitter.Bind(Less(row, rows), null, emitter.Depth);
        Pieces(filled, columns, single, (emitter, row, first) =>
        {
            Expr own = Own(row, emitter);
            Expr? isThere = IsThere(row, emitter);
            Expr at = emitter.Bind(WordOf(copy, row, first), null, emitter.Depth);
            Expr Half(int i)
            {
                Expr value = ElementOrZero(product.Tile, false, own, emitter.Bind(Add(first, Int(i)), null, emitter.Depth), columns, emitter);
                return isThere is null ? value : emitter.Bind(Op(OpCode.Select, DType.F32, isThere, value, new Literal(Number.Of(0f))), null, emitter.Depth);
            }

            emitter.Innermost.Add(new StoreLocal(words, at, emitter.Bind(new PackPair(Half(0), Half(1), RawOf(product.Element)), null, emitter.Depth)) { Location = state.Location });
        }, width: 2);
        ViewMatrix view = new Matrices(state).InView(product.Tile, KindOf(product.Element))!;
        var whole = new List<Stmt>();
        Pieces(filled, columns, whole, (emitter, row, first) =>
        {
            Expr? isThere = IsThere(row, emitter);
            Expr target = emitter.Bind(WordOf(copy, row, first), null, emitter.Depth);
            Copy(words, view, Sub(rows, Int(1)), columns, isThere is null ? Own(row, emitter) : row, first, target, isThere, emitter);
        });
        into.Add(new If(Bound(into, "isWhole", BeginsAtPiece(view)), whole, single) { Location = state.Location });
        into.Add(new CommitCopies { Location = state.Location });
        return copy;
    }

    private Expr Known(Extent extent) => extent.Dynamic is { } value ? state.Scalars[value] : Int(extent.Constant);

    private static ElementKind KindOf(MatrixElement element) => HalfElements.First(each => each.Element == element).Kind;

    // A warp sums sixteen columns of some rows; where there are more warps than sixteens of columns, they share the rows.
    private void TileProducts(ContractRoot root, RoundedProduct product, HalfTile left, HalfTile right, List<Stmt> into)
    {
        int? most = BlocksOf(root.M);
        int shares = 1;
        while (most is { } whole && 2 * shares <= whole && _most.TryGetValue(root.N, out int wide) && (wide + PairColumns - 1) / PairColumns * shares < Warps)
            shares *= 2;
        int blocks = most is { } all ? (all + shares - 1) / shares : 1;
        var statements = new List<Stmt>();
        Var unit = state.NewVar("unit", DType.I32), first = state.NewVar("left", DType.I32, false, PairColumns);
        Expr strips = Bound(statements, "strips", Div(Add(root.N, Int(PairColumns - 1)), Int(PairColumns)));
        Expr parts = most is null ? Bound(statements, "parts", Div(Add(root.M, Int(MatrixRows - 1)), Int(MatrixRows))) : Int(shares);
        var body = new List<Stmt>();
        WarpPlace place = PlaceOf(first, statements);
        Expr part = parts is Literal { Value.I32: 1 } ? Zero : Bound(body, "part", Div(unit, strips));
        body.Add(new Let(first, Mul(Sub(unit, Mul(part, strips)), Int(PairColumns))));
        Expr top = Bound(body, "top", Mul(part, Int(blocks * MatrixRows)));
        Var[][][] sums = [.. Enumerable.Range(0, blocks).Select(_ => Enumerable.Range(0, 2).Select(_ => Sums(body, 4)).ToArray())];
        Var word = state.NewVar("word", DType.I32, false, WordsOfProduct);
        var step = new List<Stmt>();
        Expr[] columns = product.IsTransposed
            ? Columns(right.Words, right.Stride, word, WordsOfProduct, place, step)
            : Loaded(right.Words, Add(Add(Mul(Add(Mul(word, Int(2)), place.RowOfLoad), right.Stride), Make(OpCode.Shr, first, Int(1))), place.WordOfLoad), 4, step, true);
        for (int m = 0; m < blocks; m++)
        {
            Expr row = Add(Add(place.RowOfLoad, top), Int(MatrixRows * m));
            Expr[] rows = Loaded(left.Words, Add(Add(Mul(row, left.Stride), word), place.WordOfLoad), 4, step);
            Multiply(product.Element, sums[m], rows, columns, step);
        }

        body.Add(new For(word, Zero, Bound(statements, "words", Div(state.RoundUp(root.K, MatrixRows), Int(2))), Int(WordsOfProduct), step) { Location = root.Location });
        StoreSums(root, top, place, sums, body);
        statements.Add(new For(unit, WarpOfGroup, Mul(strips, parts), Int(Warps), body) { Location = root.Location });
        Append(into, [.. statements]);
    }
}

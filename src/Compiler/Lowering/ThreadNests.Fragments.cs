using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// Tiles that stay in registers between products on instructions for matrices (Dao, "FlashAttention-2", 2023, section 3.3: a warp keeps its rows' scores, weights and sums to itself). Each
/// work-item computes the elements that it holds, rows are reduced by shuffles among the four lanes that share them, and a tile that is multiplied becomes the left operand where it is.
/// </content>
internal sealed partial class ThreadNests
{
    private readonly Dictionary<string, int> _places = [];
    private (bool IsKnown, FragmentPlan? Plan) _inRegisters;
    private (Value Of, HalfTile Copy)? _ahead;

    // Lanes that share a row.
    private const int LanesOfRow = 4;

    private FragmentPlan? InRegisters
    {
        get
        {
            if (!_inRegisters.IsKnown)
            {
                bool isPossible = features.MultipliesMatrices && HasWarps && state.Kernel.RoundedProducts.Count > 0;
                _inRegisters = (true, isPossible ? FragmentPlan.Of(state.Kernel, Fragment.Rows * Warps, (a, b) => ProductOf(a, b) is not null) : null);
            }

            return _inRegisters.Plan;
        }
    }

    // A tile of the plan's rows, unless it is only multiplied and made of memory: that is kept as halves, which the products begin with.
    public bool IsInRegisters(Value tile) => !tile.Type.IsScalar && InRegisters is { } plan && plan.Covers(tile.Type.Shape)
        && (plan.IsOfRegisters(tile) || Uses.Users(tile) is not { Count: > 0 } users || !users.All(user => IsLeftOf(user, tile)));

    public Fragment? RegistersFor(Value tile)
    {
        if (!IsInRegisters(tile))
            return null;
        int columns = InRegisters!.ColumnsOf(tile.Type.Shape);
        DType type = tile.Type.DType == DType.Bool ? DType.I32 : tile.Type.DType;
        int count = columns == 1 ? 2 : 4 * columns / MatrixColumns;
        return new Fragment([.. Enumerable.Range(0, count).Select(_ => state.NewVar(tile.Name, type))], columns > 1, _places);
    }

    // Columns of one instruction.
    private const int MatrixColumns = 8;

    /// <summary>One of a work-item's two rows, or one of its columns: where it reads, and what tells whether it is there (null if it always is).</summary>
    private sealed record FragmentIndex(Cell Cell, Expr? IsThere)
    {
        public AxisIndex At(ElementEmitter emitter) => new(Cell, emitter.Depth);
    }

    private void Fragments(Nest nest, List<Stmt> into)
    {
        foreach (Root root in nest.Roots)
        {
            state.Location = root.Location;
            if (root is ContractRoot product)
            {
                Contract(product, into);
                continue;
            }

            if (root is MaterializeRoot { Target.Registers: null })
            {
                ElementLoop([root], nest.Extents, into);
                continue;
            }

            var statements = new List<Stmt>();
            var emitter = new ElementEmitter(state, statements);
            FragmentIndex[] rows = RowsOf(nest.Extents[0], emitter);
            FragmentIndex?[] columns = ColumnsOf(nest.Shape, nest.Extents, emitter);
            switch (root)
            {
                case MaterializeRoot keep:
                    Kept(keep.Target.Registers!, rows, columns, at => keep.FromDefinition ? emitter.EmitDefinition(keep.Value, at) : emitter.Emit(keep.Value, at), emitter);
                    break;
                case StoreRoot store:
                    StoreFragment(store, rows, columns, emitter);
                    break;
                case AxisReduceRoot reduce:
                    ReduceFragment(reduce, rows, columns, emitter);
                    break;
            }

            Append(into, [.. statements]);
        }
    }

    // Rows beyond the last repeat it: they are computed, and not stored.
    private FragmentIndex[] RowsOf(Expr extent, ElementEmitter emitter)
    {
        Expr group = emitter.Bind(Make(OpCode.Shr, LaneOfWarp, Int(2)), "rowOfSum", emitter.Depth);
        Expr first = emitter.Bind(Add(Mul(WarpOfGroup, Int(Fragment.Rows)), group), "row", emitter.Depth);
        return [.. Enumerable.Range(0, 2).Select(half =>
        {
            Expr own = half == 0 ? first : emitter.Bind(Add(first, Int(8 * half)), "row", emitter.Depth);
            return new FragmentIndex(new Cell(Placed(Make(OpCode.Min, own, Sub(extent, Int(1))), "row", 8 * half, emitter)), Less(own, extent));
        })];
    }

    // As rows, where their number is not known: those beyond the last are the last again in every operand, so that maxima need not leave them out.
    private FragmentIndex?[] ColumnsOf(Extent[] shape, Expr[] extents, ElementEmitter emitter)
    {
        int count = InRegisters!.ColumnsOf(shape);
        if (count == 1)
            return [null];
        Var first = Placed(Mul(And(new ThreadIndex(), Int(LanesOfRow - 1)), Int(2)), "column", 0, emitter);
        return [.. Enumerable.Range(0, count / MatrixColumns * 2).Select(i =>
        {
            int offset = (MatrixColumns * (i / 2)) + (i % 2);
            if (extents[1] is Literal)
                return new FragmentIndex(new Cell(first, false, offset, 2), null);
            Expr own = Add(first, Int(offset));
            return new FragmentIndex(new Cell(Placed(Make(OpCode.Min, own, Sub(extents[1], Int(1))), "column", offset, emitter)), Less(own, extents[1]));
        })];
    }

    private Var Placed(Expr value, string name, int place, ElementEmitter emitter)
    {
        Var variable = state.NewVar(name, DType.I32);
        emitter.Innermost.Add(new Let(variable, value) { Location = state.Location });
        _places[variable.Name] = place;
        return variable;
    }

    private static AxisIndex[] Place(FragmentIndex row, FragmentIndex? column, ElementEmitter emitter) => [row.At(emitter), column?.At(emitter) ?? AxisIndex.Zero];

    private static int Element(int row, int column, bool hasColumns) => hasColumns ? Fragment.Index(column / 2, row, column % 2) : row;

    private void Kept(Fragment registers, FragmentIndex[] rows, FragmentIndex?[] columns, Func<AxisIndex[], Cell> value, ElementEmitter emitter)
    {
        for (int column = 0; column < columns.Length; column++)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                Expr computed = Stored(value(Place(rows[row], columns[column], emitter)).Scalar());
                Give(registers, Element(row, column, registers.HasColumns), computed, emitter.Innermost);
            }
        }

        registers.IsDeclared = true;
    }

    private void Give(Fragment registers, int element, Expr value, List<Stmt> into)
    {
        Var register = registers.Elements[element];
        into.Add(registers.IsDeclared ? new Assign(register, value) { Location = state.Location } : new Let(register, value, true) { Location = state.Location });
    }

    private void StoreFragment(StoreRoot root, FragmentIndex[] rows, FragmentIndex?[] columns, ElementEmitter emitter)
    {
        bool hasColumns = columns[0] is not null;
        Expr? isFirst = hasColumns ? null : Op(OpCode.Eq, DType.Bool, And(new ThreadIndex(), Int(LanesOfRow - 1)), Zero);
        foreach (FragmentIndex row in rows)
        {
            Where(emitter, isFirst is null ? row.IsThere : Op(OpCode.And, DType.Bool, row.IsThere!, isFirst), () =>
            {
                // First and second columns apart: pairs would ask each time whether they lie at a multiple of two, for nothing, since four lanes write a sector.
                foreach (FragmentIndex? column in columns.Where((_, i) => i % 2 == 0).Concat(columns.Where((_, i) => i % 2 == 1)))
                    Where(emitter, column?.IsThere, Store(root, emitter, Place(row, column, emitter)));
            });
        }
    }

    private void ReduceFragment(AxisReduceRoot root, FragmentIndex[] rows, FragmentIndex?[] columns, ElementEmitter emitter)
    {
        DType type = root.Target.Storage.Type;
        var partials = new Var?[rows.Length];
        foreach (FragmentIndex? column in columns)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                Expr value = emitter.Emit(root.Operand, Place(rows[row], column, emitter)).Scalar();
                if (root.Kind == ReduceKind.Sum && column?.IsThere is { } isThere)
                    value = emitter.Bind(Op(OpCode.Select, type, emitter.Bind(isThere, null, emitter.Depth), value, new Literal(Number.OfBits(type, 0))), null, emitter.Depth);
                if (partials[row] is { } partial)
                    emitter.Innermost.Add(new Assign(partial, Op(Combine(root.Kind), type, partial, value)) { Location = root.Location });
                else
                    partials[row] = Mutable(emitter.Innermost, "partial", root.Kind == ReduceKind.Sum ? value : Op(Combine(root.Kind), type, value, new Literal(Identity(root.Kind, type))));
            }
        }

        for (int row = 0; row < rows.Length; row++)
        {
            if (columns[0] is not null)
                Butterfly(emitter.Innermost, root.Kind, partials[row]!, LanesOfRow / 2, 1);
            Give(root.Target.Registers!, row, partials[row]!, emitter.Innermost);
        }

        root.Target.Registers!.IsDeclared = true;
    }

    // A warp sums its sixteen rows and all columns. The left operand is in its registers, or halves in local memory.
    private void FragmentProducts(ContractRoot root, RoundedProduct product, Fragment sums, List<Stmt> into)
    {
        HalfTile right = Arrived(root, product, into);
        var statements = new List<Stmt>();
        Begin(root, sums, statements);
        WarpPlace place = PlaceOf(state.NewVar("left", DType.I32), statements);
        Expr columnOfLoad = product.IsTransposed
            ? Add(Mul(place.ColumnOfLoad, right.Stride), place.WordOfColumn)
            : Add(Mul(place.RowOfLoad, right.Stride), place.WordOfLoad);
        Expr from = Bound(statements, "from", columnOfLoad);
        void Step(Expr[] rows, Expr start, List<Stmt> body)
        {
            for (int pair = 0; pair < sums.Elements.Length / 8; pair++)
            {
                Expr at = Add(start, product.IsTransposed ? Mul(Int(PairColumns * pair), right.Stride) : Int(PairColumns / 2 * pair));
                Expr[] columns = Loaded(right.Words, at, 4, body, !product.IsTransposed);
                Multiply(product.Element, [[.. sums.Elements.Skip(8 * pair).Take(4)], [.. sums.Elements.Skip((8 * pair) + 4).Take(4)]], rows, columns, body);
            }
        }

        // Where a step of sixteen along the reduced axis begins, from the first's words on.
        Expr Start(Expr word) => Add(from, product.IsTransposed ? word : Mul(Mul(word, Int(2)), right.Stride));
        if (state.Buffers[root.A].Registers is { } left)
        {
            for (int step = 0; step < left.Elements.Length / 8; step++)
            {
                Expr Pair(int pair, int row)
                {
                    int first = Fragment.Index((2 * step) + pair, row, 0);
                    return Bound(statements, "pair", new PackPair(left.Elements[first], left.Elements[first + 1], RawOf(product.Element)));
                }

                Step([Pair(0, 0), Pair(0, 1), Pair(1, 0), Pair(1, 1)], Start(Int(step * WordsOfProduct)), statements);
            }
        }
        else
        {
            HalfTile halves = _halfTiles[root.A];
            Expr row = Add(Mul(WarpOfGroup, Int(Fragment.Rows)), place.RowOfLoad);
            Expr rowOfLoad = Bound(statements, "rowFrom", Add(Mul(row, halves.Stride), place.WordOfLoad));
            var word = state.NewVar("word", DType.I32, false, WordsOfProduct);
            var body = new List<Stmt>();
            Step(Loaded(halves.Words, Add(rowOfLoad, word), 4, body), Bound(body, "start", Start(word)), body);
            statements.Add(new For(word, Zero, Div(state.RoundUp(root.K, MatrixRows), Int(2)), Int(WordsOfProduct), body) { Location = root.Location });
        }

        Append(into, [.. statements]);
    }

    // The right operand in local memory. The next product's, if it can be, is copied beside this one.
    private HalfTile Arrived(ContractRoot root, RoundedProduct product, List<Stmt> into)
    {
        int under = 0;
        if (_ahead is not { } copy || !ReferenceEquals(copy.Of, product.Tile))
        {
            Boundary(into);
            copy = (product.Tile, StartCopy(product, isAhead: false, fills: true, into));
            _ahead = NextProduct(root) is { } next ? (next.Tile, StartCopy(next, isAhead: true, fills: true, into)) : null;
            under = _ahead is null ? 0 : 1;
        }
        else
        {
            _ahead = null;
        }

        into.Add(new WaitCopies(under) { Location = root.Location });
        Barrier(into);
        return copy.Copy;
    }

    // The next of the same turn whose right operand lies at a place that is known by now.
    private RoundedProduct? NextProduct(ContractRoot root)
    {
        Op product = Uses.Users(root.B).First(user => IsLeftOf(user, root.A) && ReferenceEquals(user.Operands[1], root.B));
        Op? next = Uses.BlockOf(product).Ops.FirstOrDefault(op => op.Code == OpCode.Dot && Uses.Order(op) > Uses.Order(product));
        return next is not null && ProductOf(next.Operands[0], next.Operands[1]) is { } rounded && IsKnown(rounded.Tile) ? rounded : null;
    }

    private bool IsKnown(Value value) => value.Type.IsScalar
        ? state.Scalars.ContainsKey(value)
        : value.Definition is { } op && op.Operands.All(IsKnown) && value.Type.Shape.All(extent => extent.Dynamic is not { } count || IsKnown(count));

    // Sums start from the accumulator's elements, or nothing.
    private void Begin(ContractRoot root, Fragment sums, List<Stmt> statements)
    {
        var emitter = new ElementEmitter(state, statements);
        if (root.Accumulator is { } accumulator)
            Kept(sums, RowsOf(root.M, emitter), ColumnsOf(accumulator.Type.Shape, [root.M, root.N], emitter), at => emitter.Emit(accumulator, at), emitter);
        for (int i = 0; i < sums.Elements.Length && root.Accumulator is null; i++)
            Give(sums, i, new Literal(Number.Of(0f)), statements);
        sums.IsDeclared = true;
    }
}

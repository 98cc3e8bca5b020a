using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>
/// Products by halves that lie in views as they are, on instructions for matrices. Both operands pass through local memory in stages, which arrive while earlier ones are multiplied
/// (<see cref="Stages"/>). Products of halves are exact in floats: nothing is rounded that would not be otherwise, but for sums, and the left operand where it is of floats, which only
/// kernels that say so let happen.
/// </content>
internal sealed partial class ThreadNests
{
    private static readonly (ElementKind Kind, MatrixElement Element)[] HalfElements = [(ElementKind.F16, MatrixElement.Half), (ElementKind.BF16, MatrixElement.BFloat16)];

    /// <summary>Whether a product of blocks of views runs so, and may therefore be one of all of their axis.</summary>
    public static bool IsStaged(Kernel kernel, Op product, ThreadFeatures features)
    {
        Extent[] shape = product.Result.Type.Shape;
        return features.MultipliesMatrices && product is { Code: OpCode.Dot, Result.Type: { DType: DType.F32, Rank: 2 } } && kernel.WorkGroup % Warp.Size == 0
            && LaunchExpressions.Most(shape[0], kernel) is { } tall && LaunchExpressions.Most(shape[1], kernel) is { } wide
            && (IsOfWarpgroups(features, tall, wide, kernel.WorkGroup) || WarpGrid.Of(tall, wide, kernel.WorkGroup / Warp.Size) is not null)
            && HalvesOf(kernel, new Matrices(new TileState(kernel)).IsInView, product.Operands[0], product.Operands[1]) is not null;
    }

    private static bool IsOfWarpgroups(ThreadFeatures features, int tall, int wide, int workGroup) =>
        features.MultipliesWarpgroups && WarpgroupShape.Of(tall, wide) is { } shape && shape.WorkGroup == workGroup;

    // Lanes of a warp store pairs of sums in eight rows at once: those of four lie in all banks.
    private const int GapOfSums = 8;

    public int RowGap(Value tile) => tile.Definition is { Code: OpCode.Dot } product && IsStaged(state.Kernel, product, features) ? GapOfSums : 0;

    // What the right operand's elements are, where it is a transposed view of halves and the left one of the same, or of floats that may be rounded.
    private static (ElementKind Kind, MatrixElement Element)? HalvesOf(Kernel kernel, Func<Value, ElementKind, bool> isInView, Value a, Value b)
    {
        if (b.Definition is not { Code: OpCode.Transpose } transpose)
            return null;
        foreach ((ElementKind kind, MatrixElement element) in HalfElements)
        {
            if (isInView(transpose.Operands[0], kind) && (isInView(a, kind) || (kernel.RoundedProducts.Contains(kind) && isInView(a, ElementKind.F32))))
                return (kind, element);
        }

        return null;
    }

    private (MatrixElement Element, HalfRows A, HalfRows B)? Halves(ContractRoot root)
    {
        if (!features.MultipliesMatrices || !HasWarps || root is not { Type: DType.F32, Target.Rank: 2 } || state.Buffers.ContainsKey(root.B)
            || !_most.TryGetValue(root.M, out int tall) || !_most.TryGetValue(root.N, out int wide))
            return null;
        bool isOfWarpgroups = IsOfWarpgroups(features, tall, wide, Group);
        if (!isOfWarpgroups && WarpGrid.Of(tall, wide, Warps) is null)
            return null;
        var matrices = new Matrices(state);
        if (HalvesOf(state.Kernel, matrices.IsInView, root.A, root.B) is not var (kind, element))
            return null;
        int rows = (tall + MatrixRows - 1) / MatrixRows * MatrixRows;
        bool isRounded = !matrices.IsInView(root.A, kind);
        var left = new HalfRows(matrices.InView(root.A, isRounded ? ElementKind.F32 : kind)!, root.A, false, isRounded, rows, root.M, 0);
        int from = rows * (isOfWarpgroups ? StageLayout.Warpgroups : StageLayout.Warps).Words;
        return (element, left, new HalfRows(matrices.InView(root.B.Definition!.Operands[0], kind)!, root.B, true, false, wide, root.N, from));
    }

    /// <summary>The sums of a product as instructions leave them: the first of a warp's rows, a work-item's place among its sums, and these, of every sixteen rows.</summary>
    private sealed record ProductSums(Expr Top, SumPlace Place, Var[][][] Sums);

    private void HalfMatrices(ContractRoot root, MatrixElement element, HalfRows left, HalfRows right, List<Stmt> into)
    {
        if (IsPowerOfTwo(right.Most))
            _productColumns[(root.M, root.N)] = right.Most;
        bool isOfWarpgroups = IsOfWarpgroups(features, left.Most, right.Most, Group);
        StageLayout layout = isOfWarpgroups ? StageLayout.Warpgroups : StageLayout.Warps;
        int words = (left.Most + right.Most) * layout.Words;
        Boundary(into);
        var statements = new List<Stmt>();
        Var? largest = left.IsRounded && element == MatrixElement.Half ? Mutable(statements, "largest", new Literal(Number.Of(0f))) : null;
        var stages = new StagedRows(root, element, layout, StagesOf(root, Stages * words), words, largest);
        (Expr top, SumPlace warp, Var[][][] sums) = isOfWarpgroups ? WarpgroupProducts(stages, left, right, statements) : WarpProducts(stages, left, right, statements);

        // What is stored lies where stages were, that all warps must have done with: there is a barrier in the look at the largest, too.
        bool isWhole = root.Accumulator is null && root.Target!.Storage.Size is Literal { Value.I32: var size } && size == left.Most * (right.Most + GapOfSums);
        if (largest is null)
        {
            statements.Add(new Barrier { Location = root.Location });
            StoreSums(root, top, warp, sums, statements, isWhole);
            Append(into, [.. statements]);
            Barrier(into);
            return;
        }

        // Floats that no half holds: the product in floats, as everywhere else.
        Expr fits = Fits(largest, statements);
        var stores = new List<Stmt>();
        StoreSums(root, top, warp, sums, stores, isWhole);
        statements.Add(new If(fits, stores, []) { Location = root.Location });
        Append(into, [.. statements]);
        Barrier(into);
        var patches = new List<Stmt>();
        Patches(root, patches);
        into.Add(new If(new Apply(OpCode.Not, DType.Bool, false, new[] { fits }), patches, []) { Location = root.Location });
        Barrier(into);
    }

    private ProductSums WarpProducts(StagedRows stages, HalfRows left, HalfRows right, List<Stmt> into)
    {
        ContractRoot root = stages.Root;
        WarpGrid grid = WarpGrid.Of(left.Most, right.Most, Warps)!;
        Expr across = grid.Down == 1 ? WarpOfGroup : Bound(into, "across", Make(OpCode.Rem, WarpOfGroup, Int(grid.Across)));
        Expr top = grid.Down == 1 ? Zero : Bound(into, "top", Mul(Div(WarpOfGroup, Int(grid.Across)), Int(grid.Blocks * MatrixRows)));
        Var first = state.NewVar("left", DType.I32, false, PairColumns);
        into.Add(new Let(first, Mul(across, Int(grid.Pairs * PairColumns))));
        WarpPlace warp = PlaceOf(first, into);
        Var[][][] sums = [.. Enumerable.Range(0, grid.Blocks).Select(_ => Enumerable.Range(0, 2 * grid.Pairs).Select(_ => Sums(into, 4)).ToArray())];
        Expr[] rowWords = WordsOfSteps(stages.Layout, Add(top, warp.RowOfLoad), warp.RowOfLoad, warp.WordOfLoad, left, into);
        Expr[] columnWords = WordsOfSteps(stages.Layout, Add(first, warp.ColumnOfLoad), warp.ColumnOfLoad, warp.WordOfColumn, right, into);
        Expr isInRange = Bound(into, "isInRange", Op(OpCode.And, DType.Bool, Less(top, root.M), Less(first, root.N)));
        EachStage(stages, left, right, into, (current, body) =>
        {
            var products = new List<Stmt>();
            for (int step = 0; step < rowWords.Length; step++)
                Products(stages, grid, Add(current, rowWords[step]), Add(current, columnWords[step]), sums, products);
            body.Add(new If(isInRange, products, []) { Location = root.Location });
        });
        return new ProductSums(top, warp, sums);
    }

    // Where a lane's row of the matrices of each step of a stage begins.
    private Expr[] WordsOfSteps(StageLayout layout, Expr row, Expr rowOfLoad, Expr word, HalfRows rows, List<Stmt> into) =>
    [
        .. Enumerable.Range(0, layout.Words / WordsOfProduct).Select(step =>
            Bound(into, "wordOfStep", Add(Add(Mul(row, Int(layout.Words)), layout.Swizzled(Add(word, Int(step * WordsOfProduct)), rowOfLoad)), Int(rows.From)))),
    ];

    private void Products(StagedRows stages, WarpGrid grid, Expr rowFrom, Expr columnFrom, Var[][][] sums, List<Stmt> body)
    {
        Expr from = Bound(body, "from", rowFrom), rightFrom = Bound(body, "from", columnFrom);
        Expr[][] columns = [.. Enumerable.Range(0, grid.Pairs).Select(p => Loaded(stages.Buffer, Add(rightFrom, Int(p * PairColumns * stages.Layout.Words)), 4, body))];
        for (int m = 0; m < grid.Blocks; m++)
        {
            Expr[] rows = Loaded(stages.Buffer, Add(from, Int(m * MatrixRows * stages.Layout.Words)), 4, body);
            for (int p = 0; p < grid.Pairs; p++)
                Multiply(stages.Element, [.. sums[m].Skip(2 * p).Take(2)], rows, columns[p], body);
        }
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

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
    public static bool IsStaged(Kernel kernel, Op product)
    {
        Extent[] shape = product.Result.Type.Shape;
        return product is { Code: OpCode.Dot, Result.Type: { DType: DType.F32, Rank: 2 } } && kernel.WorkGroup % Warp.Size == 0
            && LaunchExpressions.Most(shape[0], kernel) is { } tall && LaunchExpressions.Most(shape[1], kernel) is { } wide
            && WarpGrid.Of(tall, wide, kernel.WorkGroup / Warp.Size) is not null
            && HalvesOf(kernel, new Matrices(new TileState(kernel)).IsInView, product.Operands[0], product.Operands[1]) is not null;
    }

    // Lanes of a warp store pairs of sums in eight rows at once: those of four lie in all banks.
    private const int GapOfSums = 8;

    public int RowGap(Value tile) => features.MultipliesMatrices && tile.Definition is { Code: OpCode.Dot } product && IsStaged(state.Kernel, product) ? GapOfSums : 0;

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
            || !_most.TryGetValue(root.M, out int tall) || !_most.TryGetValue(root.N, out int wide) || WarpGrid.Of(tall, wide, Warps) is null)
            return null;
        var matrices = new Matrices(state);
        if (HalvesOf(state.Kernel, matrices.IsInView, root.A, root.B) is not var (kind, element))
            return null;
        int rows = (tall + MatrixRows - 1) / MatrixRows * MatrixRows;
        bool isRounded = !matrices.IsInView(root.A, kind);
        var left = new HalfRows(matrices.InView(root.A, isRounded ? ElementKind.F32 : kind)!, root.A, false, isRounded, rows, root.M, 0);
        return (element, left, new HalfRows(matrices.InView(root.B.Definition!.Operands[0], kind)!, root.B, true, false, wide, root.N, rows * StageWords));
    }

    private void HalfMatrices(ContractRoot root, MatrixElement element, HalfRows left, HalfRows right, List<Stmt> into)
    {
        WarpGrid grid = WarpGrid.Of(left.Most, right.Most, Warps)!;
        if (IsPowerOfTwo(right.Most))
            _productColumns[(root.M, root.N)] = right.Most;
        int words = (left.Most + right.Most) * StageWords;
        Boundary(into);
        var statements = new List<Stmt>();
        Expr across = grid.Down == 1 ? WarpOfGroup : Bound(statements, "across", Make(OpCode.Rem, WarpOfGroup, Int(grid.Across)));
        Expr top = grid.Down == 1 ? Zero : Bound(statements, "top", Mul(Div(WarpOfGroup, Int(grid.Across)), Int(grid.Blocks * MatrixRows)));
        Var first = state.NewVar("left", DType.I32, false, PairColumns);
        statements.Add(new Let(first, Mul(across, Int(grid.Pairs * PairColumns))));
        WarpPlace warp = PlaceOf(first, statements);
        Var? largest = left.IsRounded && element == MatrixElement.Half ? Mutable(statements, "largest", new Literal(Number.Of(0f))) : null;
        var stages = new StagedRows(root, element, StagesOf(root, Stages * words), words, largest);
        Var[][][] sums = [.. Enumerable.Range(0, grid.Blocks).Select(_ => Enumerable.Range(0, 2 * grid.Pairs).Select(_ => Sums(statements, 4)).ToArray())];
        Expr[] rowWords = WordsOfSteps(Add(top, warp.RowOfLoad), warp.RowOfLoad, warp.WordOfLoad, left, statements);
        Expr[] columnWords = WordsOfSteps(Add(first, warp.ColumnOfLoad), warp.ColumnOfLoad, warp.WordOfColumn, right, statements);
        Expr isInRange = Bound(statements, "isInRange", Op(OpCode.And, DType.Bool, Less(top, root.M), Less(first, root.N)));
        EachStage(stages, left, right, statements, (current, body) =>
        {
            var products = new List<Stmt>();
            for (int step = 0; step < StepsOfStage; step++)
                Products(stages, grid, Add(current, rowWords[step]), Add(current, columnWords[step]), sums, products);
            body.Add(new If(isInRange, products, []) { Location = root.Location });
        });

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

    // Where a lane's row of the matrices of each step of a stage begins.
    private Expr[] WordsOfSteps(Expr row, Expr rowOfLoad, Expr word, HalfRows rows, List<Stmt> into) =>
    [
        .. Enumerable.Range(0, StepsOfStage).Select(step =>
            Bound(into, "wordOfStep", Add(Add(Mul(row, Int(StageWords)), Swizzled(Add(word, Int(step * WordsOfProduct)), rowOfLoad)), Int(rows.From)))),
    ];

    private void Products(StagedRows stages, WarpGrid grid, Expr rowFrom, Expr columnFrom, Var[][][] sums, List<Stmt> body)
    {
        Expr from = Bound(body, "from", rowFrom), rightFrom = Bound(body, "from", columnFrom);
        Expr[][] columns = [.. Enumerable.Range(0, grid.Pairs).Select(p => Loaded(stages.Buffer, Add(rightFrom, Int(p * PairColumns * StageWords)), 4, body))];
        for (int m = 0; m < grid.Blocks; m++)
        {
            Expr[] rows = Loaded(stages.Buffer, Add(from, Int(m * MatrixRows * StageWords)), 4, body);
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

using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Products, and activations rounded for them.</content>
internal sealed partial class VectorNests
{
    public void FakeQuantize(TileBuffer source, TileBuffer target, Expr rows, Expr columns, Expr group, List<Stmt> into)
    {
        var emitter = new ElementEmitter(state, into);
        Grouped(emitter, rows, 1, "r", at =>
        {
            Expr first = source.Rank == 1 ? Zero : source.Index([at[0], AxisIndex.Zero], e => Bind(emitter, e)).Scalar();
            emitter.Innermost.Add(new RoundRow(source.Storage, target.Storage, first, columns, group) { Location = state.Location });
        });
    }

    // Weights in panels and activations as bytes: sixteen rows at a time, a row a lane.
    private void ContractIntegers(ContractRoot root, IntegerDot dot, QuantizedRow other, ElementEmitter emitter) =>
        InLoop(emitter, Zero, root.M, Lanes.Count, "m", isLanewise: true, index =>
        {
            Expr sums = new IntegerDotNest(state, emitter, dot, other, root.Location).Sums(new Cell(index, false, 0, Lanes.Count), root.K);
            var rows = new AxisIndex(new Cell(index, true, 0, Lanes.Count), emitter.Depth);
            if (root.Accumulator is { } accumulator)
                sums = new Apply(OpCode.Add, root.Type, true, new[] { Vector(emitter, emitter.Emit(accumulator, rows)), Bind(emitter, sums) });
            emitter.Innermost.Add(new StoreLocal(root.Target!.Storage, root.Target.Index([rows], e => Bind(emitter, e)).Scalar(), sums) { Location = root.Location });
        });

    // Both operands contiguous along k: a vector accumulator for each of several rows, lanes combined at the end.
    private void ContractByDepth(ContractRoot root, ElementEmitter emitter)
    {
        // A matrix times a vector is read row by row, as it lies in memory: several rows at once would outrun the prefetching of most processors.
        bool streams = root.B.Type.Rank == 1;
        if (streams && root.Type == DType.F32 && root.A.Definition is { Code: OpCode.Load } && IsPlainLoad(root.A))
        {
            Stream(root, emitter);
            return;
        }

        Grouped(emitter, root.N, 1, "n", columns => Grouped(emitter, root.M, streams ? 1 : _contractRows, "m", rows =>
        {
            Var[] sums = rows.Select(_ => Mutable(emitter, "sum", new Broadcast(new Literal(Number.OfBits(root.Type, 0))))).ToArray();
            var scaled = new ScaledProducts(emitter, sums[0], root.Location);
            Vectors(emitter, root.K, root.Type == DType.I32 ? 2 : Unroll(root.A, root.B), (k, count) =>
            {
                if (root.Type == DType.I32 && count is null && BytePairs(root, emitter, rows, columns[0], k, sums))
                    return;
                Expr b = Operand(emitter, root.B, [k, columns[0]], count, root.Type);
                if (rows.Length == 1 && count is null && ScaledProducts.Factors(emitter, root.A, root.A.Type.Rank == 1 ? [k] : [rows[0], k]) is { } factors)
                {
                    scaled.Add(factors.Scale, Vector(emitter, factors.Codes), b);
                    return;
                }

                for (int r = 0; r < rows.Length; r++)
                {
                    Expr a = Operand(emitter, root.A, root.A.Type.Rank == 1 ? [k] : [rows[r], k], count, root.Type);
                    emitter.Innermost.Add(new Assign(sums[r], MultiplyAdd(a, b, sums[r], true)) { Location = root.Location });
                }
            }, atEnd: scaled.Flush);
            for (int r = 0; r < rows.Length; r++)
                Result(root, emitter, rows[r], columns[0], new ReduceLanes(ReduceKind.Sum, sums[r]));
        }));
    }

    // Rows of numbers as they lie in memory: two sums by turns, so that an addition does not wait for the one before, and what comes is asked for.
    private void Stream(ContractRoot root, ElementEmitter emitter)
    {
        const int Unrolled = 4, Sums = 2;
        Op load = root.A.Definition!;
        string view = load.Attr<MemoryAccess>().View;
        Grouped(emitter, root.M, 1, "m", rows =>
        {
            Var[] sums = [.. Enumerable.Range(0, Sums).Select(_ => Mutable(emitter, "sum", new Broadcast(new Literal(Number.Of(0f)))))];
            int turn = 0;
            Vectors(emitter, root.K, Unrolled, (k, count) =>
            {
                AxisIndex[] at = root.A.Type.Rank == 1 ? [k] : [rows[0], k];
                if (count is null && turn % Unrolled == 0)
                {
                    Cell[] place = [.. load.Operands.Select(o => emitter.Emit(o, at))];
                    int bytes = Unrolled * Lanes.Count * state.ElementOf(view).Bytes;
                    if (place.All(c => !c.Base.IsVector))
                        emitter.Innermost.Add(new Prefetch(view, place.Select(c => c.Scalar()).ToArray(), false, Prefetch.Ahead, bytes) { Location = root.Location });
                }

                Expr b = Operand(emitter, root.B, [k, AxisIndex.Zero], count, root.Type), a = Operand(emitter, root.A, at, count, root.Type);
                Var sum = sums[turn++ % Sums];
                emitter.Innermost.Add(new Assign(sum, MultiplyAdd(a, b, sum, true)) { Location = root.Location });
            });
            Expr total = Bind(emitter, new Apply(OpCode.Add, DType.F32, true, sums));
            Result(root, emitter, rows[0], AxisIndex.Zero, new ReduceLanes(ReduceKind.Sum, total));
        });
    }

    // Two vectors of signed bytes from memory multiply in one step, made at the first of the two.
    private static bool BytePairs(ContractRoot root, ElementEmitter emitter, AxisIndex[] rows, AxisIndex column, AxisIndex k, Var[] sums)
    {
        if (k.Cell.Divisor % MultiplyAddPairs.Elements != 0)
            return false;
        LoadView?[] a = rows.Select(r => emitter.ConsecutiveBytes(root.A, root.A.Type.Rank == 1 ? [k] : [r, k])).ToArray();
        LoadView? b = emitter.ConsecutiveBytes(root.B, root.B.Type.Rank == 1 ? [k] : [k, column]);
        if (b is null || a.Any(load => load is null))
            return false;
        for (int r = 0; r < rows.Length && k.Cell.Offset % MultiplyAddPairs.Elements == 0; r++)
            emitter.Innermost.Add(new Assign(sums[r], new MultiplyAddPairs(sums[r], a[r]!, b)) { Location = root.Location });
        return true;
    }

    private static void Result(ContractRoot root, ElementEmitter emitter, AxisIndex row, AxisIndex column, Expr sum)
    {
        AxisIndex[] at = root.Target?.Rank == 2 ? [row, column] : [row];
        if (root.Accumulator is { } accumulator)
            sum = new Apply(OpCode.Add, root.Type, false, new[] { emitter.Emit(accumulator, at).Scalar(), emitter.Bind(sum, null, emitter.Depth) });
        if (root.Result is { } variable)
            emitter.Innermost.Add(new Let(variable, sum) { Location = root.Location });
        else
            emitter.Innermost.Add(new StoreLocal(root.Target!.Storage, root.Target.Index(at, e => emitter.Bind(e, null, emitter.Depth)).Scalar(), sum)
            {
                Location = root.Location,
            });
    }

    // B contiguous along n: a vector of columns for each of several rows, k innermost.
    private void ContractByColumns(ContractRoot root, ElementEmitter emitter)
    {
        Vectors(emitter, root.N, 1, (column, _) => Grouped(emitter, root.M, _contractRows, "m", rows =>
        {
            Var[] sums = rows.Select(row => Mutable(emitter, "sum", root.Accumulator is { } accumulator
                ? Vector(emitter, emitter.Emit(accumulator, row, column))
                : new Broadcast(new Literal(Number.OfBits(root.Type, 0))))).ToArray();
            InLoop(emitter, Zero, root.K, 1, "k", k =>
            {
                var depth = new AxisIndex(new Cell(k), emitter.Depth);
                Expr b = Convert(Vector(emitter, emitter.Emit(root.B, depth, column)), root.Type);
                for (int r = 0; r < rows.Length; r++)
                {
                    Expr a = Convert(Vector(emitter, emitter.Emit(root.A, rows[r], depth)), root.Type);
                    emitter.Innermost.Add(new Assign(sums[r], MultiplyAdd(a, b, sums[r], true)) { Location = root.Location });
                }
            });
            for (int r = 0; r < rows.Length; r++)
            {
                Cell index = root.Target!.Index([rows[r], column], e => emitter.Bind(e, null, emitter.Depth));
                emitter.Innermost.Add(new StoreLocal(root.Target.Storage, index.Scalar(), sums[r]) { Location = root.Location });
            }
        }));
    }

    private Expr Operand(ElementEmitter emitter, Value value, AxisIndex[] at, Expr? count, DType type)
    {
        AxisIndex[] axes = value.Type.Rank == 1 ? [at[0]] : at;
        Expr vector = Convert(Vector(emitter, emitter.Emit(value, axes)), type);
        return count is null || IsPlainLoad(value) ? vector : Masked(emitter, vector, count, Number.OfBits(type, 0));
    }

    // A counted read of a view is zero past the count already.
    private bool IsPlainLoad(Value value) => !state.Buffers.ContainsKey(value) && value.Definition switch
    {
        { Code: OpCode.Load } load => !load.Attr<MemoryAccess>().Masked,
        { Code: OpCode.Transpose } transpose => IsPlainLoad(transpose.Operands[0]),
        _ => false,
    };

    private static Expr Convert(Expr value, DType type) =>
        value.Type == type ? value : new Apply(OpCode.Convert, type, true, new[] { value }, type);

    private static Apply MultiplyAdd(Expr a, Expr b, Expr sum, bool vector) => sum.Type == DType.F32
        ? new Apply(OpCode.Fma, DType.F32, vector, new[] { a, b, sum })
        : new Apply(OpCode.Add, sum.Type, vector, new[] { sum, new Apply(OpCode.Mul, sum.Type, vector, new[] { a, b }) });
}

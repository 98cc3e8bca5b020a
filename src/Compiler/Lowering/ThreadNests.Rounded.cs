using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <content>Rows of floats as bytes in local memory: see <see cref="OpCode.FakeQuantize"/>.</content>
internal sealed partial class ThreadNests
{
    // Rows of matrices in local memory are a little longer than they need be, so that words at one place of eight rows lie in different banks.
    private const int BankShift = 4;

    /// <summary>
    /// Rows as signed codes, four a word; the scale of each run; and each run's sum, times minus the plan's bias (i32) or times the scale (f32), where the plan has a use for it.
    /// </summary>
    private sealed record RoundedRows(LocalBuffer Codes, Expr CodeStride, LocalBuffer Scales, LocalBuffer? Sums, Expr RunStride);

    /// <summary>
    /// Rounds the rows of a tile. A warp takes as many groups at a time as it has lanes for, each lane four neighbours of one. Rows are as many as a multiple of the granule: those
    /// there are not are copies of the last.
    /// </summary>
    private RoundedRows Rounded(IntegerDot plan, Value rounded, Expr rows, Expr columns, int granule, List<Stmt> into)
    {
        Value source = rounded.Definition!.Operands[0];
        Extent[] shape = source.Type.Shape;
        int group = IntegerDot.Group(rounded)!.Value;
        Expr bound = state.Bound(shape[shape.Length - 1]), rowsBound = shape.Length == 1 ? Int(1) : state.RoundUp(state.Bound(shape[0]), granule);
        Expr codeStride = Add(state.RoundUp(Div(bound, Int(QuantizedRow.Packed)), BankShift), Int(granule > 1 ? BankShift : 0)), runStride = Div(bound, Int(plan.Run));
        bool hasSums = plan.HasOffset || plan.Bias != 0;
        var result = new RoundedRows(
            state.NewBuffer("codes", DType.I32, Mul(rowsBound, codeStride)), codeStride, state.NewBuffer("scales", DType.F32, Mul(rowsBound, runStride)),
            hasSums ? state.NewBuffer("sums", plan.HasOffset ? DType.F32 : DType.I32, Mul(rowsBound, runStride)) : null, runStride);

        int fours = group / QuantizedRow.Packed, lanes = Math.Min(Warp.Size, fours);
        var statements = new List<Stmt>();
        Expr groupsOfRow = Bound(statements, "groupsOfRow", Div(columns, Int(group)));
        Expr groups = Bound(statements, "groups", Mul(state.RoundUp(rows, granule), groupsOfRow));
        Expr lane = Bound(statements, "lane", LaneOfWarp);
        int together = Warp.Size / lanes;
        Expr own = Bound(statements, "own", Make(OpCode.Shr, lane, Int(Log2(lanes)))), place = Bound(statements, "place", Mul(And(lane, Int(lanes - 1)), Int(QuantizedRow.Packed)));
        Var first = state.NewVar("first", DType.I32);
        var body = new List<Stmt>();
        var emitter = new ElementEmitter(state, statements);
        emitter.Push(body);
        Expr Bind(string name, Expr value) => emitter.Bind(value, name, emitter.Depth);
        Expr wanted = Bind("wanted", Add(first, own)), at = Bind("group", Make(OpCode.Min, wanted, Sub(groups, Int(1))));
        Expr row = shape.Length == 1 ? Zero : Bind("row", Div(at, groupsOfRow));
        Expr start = Bind("start", Mul(shape.Length == 1 ? at : Sub(at, Mul(row, groupsOfRow)), Int(group)));
        Expr column = Bind("column", Add(start, place));
        Expr read = granule > 1 ? Bind("read", Make(OpCode.Min, row, Sub(rows, Int(1)))) : row;
        Expr[][] values =
        [
            .. Enumerable.Range(0, fours / lanes).Select(j => Enumerable.Range(0, QuantizedRow.Packed).Select(t =>
            {
                var k = new AxisIndex(new Cell(column, false, (j * lanes * QuantizedRow.Packed) + t, QuantizedRow.Packed), emitter.Depth);
                return emitter.Emit(source, shape.Length == 1 ? [k] : [new AxisIndex(new Cell(read), emitter.Depth), k]).Scalar();
            }).ToArray()),
        ];
        (Expr scale, Expr inverse) = Scale([.. values.SelectMany(v => v)], lanes, emitter);
        Expr[] words = [.. values.Select(four => Packed([.. four.Select(v => Code(v, inverse, emitter))], emitter))];
        var sums = new Var?[words.Length];
        int fourOfRun = plan.Run / QuantizedRow.Packed;
        for (int j = 0; j < words.Length && hasSums; j++)
        {
            sums[j] = Mutable(body, "sum", new DotFour(Int(0x01010101), words[j], Zero));
            Butterfly(body, ReduceKind.Sum, sums[j]!, fourOfRun / 2, 1);
        }

        Where(emitter, Less(wanted, groups), () =>
        {
            Expr codeAt = Bind("codeAt", Add(Mul(row, codeStride), Part(column, QuantizedRow.Packed))), runAt = Bind("runAt", Add(Mul(row, runStride), Part(column, plan.Run)));
            for (int j = 0; j < words.Length; j++)
                emitter.Innermost.Add(new StoreLocal(result.Codes, Add(codeAt, Int(j * lanes)), words[j]));
            Where(emitter, Op(OpCode.Eq, DType.Bool, And(place, Int(plan.Run - 1)), Zero), () =>
            {
                for (int j = 0; j < words.Length; j++)
                {
                    Expr run = Add(runAt, Int(j * lanes / fourOfRun));
                    emitter.Innermost.Add(new StoreLocal(result.Scales, run, scale));
                    if (sums[j] is { } sum)
                        emitter.Innermost.Add(new StoreLocal(result.Sums!, run, plan.HasOffset ? Op(OpCode.Mul, DType.F32, scale, ToFloat(sum)) : Mul(sum, Int(-plan.Bias))));
                }
            });
        });
        emitter.Pop();
        statements.Add(new For(first, Mul(WarpOfGroup, Int(together)), groups, Int(Warps * together), body) { Location = state.Location });
        Append(into, [.. statements]);
        return result;
    }

    // A group's scale and its inverse: as FakeQuantize above, over the lanes that share it.
    private (Expr Scale, Expr Inverse) Scale(Expr[] values, int lanes, ElementEmitter emitter)
    {
        List<Stmt> body = emitter.Innermost;
        Literal none = new(Number.Of(0f));
        Var largest = Mutable(body, "largest", none), spoiled = Mutable(body, "spoiled", none);
        foreach (Expr value in values)
            Compare(value, largest, spoiled, emitter);

        Butterfly(body, ReduceKind.Max, largest, lanes / 2, 1);
        Butterfly(body, ReduceKind.Sum, spoiled, lanes / 2, 1);
        return ScaleOf(largest, spoiled, e => emitter.Bind(e, null, emitter.Depth));
    }

    // 127 / largest and largest / 127; neither is more than 0 where the largest is too small for it, and the scale is NaN where a NaN or an infinity spoils the group.
    private static (Expr Scale, Expr Inverse) ScaleOf(Expr largest, Expr spoiled, Func<Expr, Expr> bind)
    {
        Expr none = bind(Op(OpCode.Lt, DType.Bool, largest, new Literal(Number.Of(Interpreter.EightBits.Least))));
        Expr Unless(Expr value) => Op(OpCode.Select, DType.F32, none, new Literal(Number.Of(0f)), value);
        Expr inverse = bind(Unless(Op(OpCode.Div, DType.F32, new Literal(Number.Of(127f)), largest)));
        return (bind(Op(OpCode.Add, DType.F32, Unless(Op(OpCode.Div, DType.F32, largest, new Literal(Number.Of(127f)))), spoiled)), inverse);
    }

    private static Expr Code(Expr value, Expr inverse, ElementEmitter emitter)
    {
        var rounded = new Apply(OpCode.Round, DType.F32, false, new[] { Op(OpCode.Mul, DType.F32, value, inverse) });
        return emitter.Bind(new Apply(OpCode.Convert, DType.I32, false, new[] { rounded }, DType.I32), null, emitter.Depth);
    }

    private static Expr Packed(Expr[] codes, ElementEmitter emitter)
    {
        Expr Pair(Expr low, Expr high, int selector) => emitter.Bind(new PermuteBytes(low, high, Int(selector)), null, emitter.Depth);
        return Pair(Pair(codes[0], codes[1], 0x40), Pair(codes[2], codes[3], 0x40), 0x5410);
    }

    private static Apply ToFloat(Expr value) => new(OpCode.Convert, DType.F32, false, new[] { value }, DType.F32);

    // Of a number that is not negative, by a power of two.
    private static Expr Part(Expr value, int size) => Make(OpCode.Shr, value, Int(Log2(size)));

    private static int Log2(int value)
    {
        int log = 0;
        while (1 << log < value)
            log++;
        return log;
    }

    private static bool IsPowerOfTwo(int value) => value > 0 && (value & (value - 1)) == 0;

    public void FakeQuantize(TileBuffer source, TileBuffer target, Expr rows, Expr columns, Expr group, List<Stmt> into)
    {
        Expr groups = Bound(into, "groups", Div(Sub(Add(columns, group), Int(1)), group));
        Expr[] extents = source.Rank == 1 ? [groups] : [rows, groups];
        Distributed(into, extents, (emitter, at) =>
        {
            Expr Bind(Expr e) => emitter.Bind(e, null, emitter.Depth);
            Expr from = Bind(Mul(at[at.Length - 1].Cell.Scalar(), group)), to = Bind(Make(OpCode.Min, Add(from, group), columns));
            Expr Place(AxisIndex element) =>
                source.Index(source.Rank == 1 ? [element] : [at[0], element], e => emitter.Bind(e, null, emitter.Depth)).Scalar();

            Var largest = Mutable(emitter.Innermost, "largest", new Literal(Number.Of(0f))), spoiled = Mutable(emitter.Innermost, "spoiled", new Literal(Number.Of(0f)));
            Over(emitter, from, to, Int(1), e => Compare(Bind(new LoadLocal(source.Storage, Place(e), false)), largest, spoiled, emitter));
            (Expr scale, Expr inverse) = ScaleOf(largest, spoiled, Bind);
            Over(emitter, from, to, Int(1), e =>
            {
                Expr place = Bind(Place(e));
                Expr code = new Apply(OpCode.Round, DType.F32, false, new[] { Op(OpCode.Mul, DType.F32, new LoadLocal(source.Storage, place, false), inverse) });
                emitter.Innermost.Add(new StoreLocal(target.Storage, place, Op(OpCode.Mul, DType.F32, code, scale)));
            });
        });
    }
}

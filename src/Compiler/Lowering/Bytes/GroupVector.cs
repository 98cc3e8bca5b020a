using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Computes a value that is the same throughout each group of a chunk for up to sixteen groups at once, one a lane: the scales of a super-block.
/// Null where it is not understood.
/// </summary>
/// <param name="emitter">Takes the code.</param>
/// <param name="axis">The tile of indices along the reduced axis.</param>
/// <param name="row">The row of the other axis.</param>
/// <param name="chunk">Elements of a chunk.</param>
/// <param name="bytes">Bytes of a chunk.</param>
/// <param name="start">The first byte of the chunk in its row.</param>
/// <param name="elements">An element of the group in each lane, by its place in the chunk.</param>
internal sealed class GroupVector(ElementEmitter emitter, Value axis, AxisIndex row, int chunk, int bytes, Cell start, int[] elements)
{
    private readonly Dictionary<Value, object?> _known = [];

    /// <summary>The value: lanes, or a scalar where all are equal.</summary>
    public Expr? Of(Value value) => Evaluate(value) as Expr;

    /// <summary>
    /// How many elements of a chunk share the value at least: the longest run, a power of two, over which no index it is made of changes.
    /// </summary>
    public static int Run(Value value, Value axis, int chunk)
    {
        int run = chunk;
        var places = new Dictionary<Value, int[]?>();
        var visited = new HashSet<Value>();
        Visit(value);
        return run;

        void Visit(Value current)
        {
            if (current.Type.IsScalar || current.Definition is not { } op || !visited.Add(current))
                return;
            if (Places(current) is { } known)
            {
                while (run > 1 && Enumerable.Range(0, chunk).Any(e => known[e] != known[e / run * run]))
                    run /= 2;
                return;
            }

            foreach (Value operand in op.Operands)
                Visit(operand);
        }

        int[]? Places(Value current)
        {
            if (!places.TryGetValue(current, out int[]? known))
                places[current] = known = Compute(current);
            return known;
        }

        int[]? Compute(Value current)
        {
            if (ReferenceEquals(current, axis))
                return [.. Enumerable.Range(0, chunk)];
            if (current.Definition is not { } op)
                return null;
            if (op.Code == OpCode.Const && op.Attr<Number>().Type == DType.I32)
                return [.. Enumerable.Repeat(op.Attr<Number>().I32, chunk)];
            if (op.Code == OpCode.Expand)
                return Places(op.Operands[0]);
            return op.Operands.Length == 2 && op.Info.IsElementwise && Places(op.Operands[0]) is { } a && Places(op.Operands[1]) is { } b
                && !(op.Code is OpCode.Div or OpCode.Rem && b.Contains(0))
                ? [.. a.Zip(b, (x, y) => ScalarMath.Evaluate(op.Code, op.Attribute, Number.Of(x), Number.Of(y)).Bits)]
                : null;
        }
    }

    // An Expr; or a Place: chunks times Unit plus a constant a lane.
    private sealed record Place(int Unit, int[] Offsets);

    private object? Evaluate(Value value)
    {
        if (!_known.TryGetValue(value, out object? result))
            _known[value] = result = Compute(value);
        return result;
    }

    private object? Compute(Value value)
    {
        if (ReferenceEquals(value, axis))
            return new Place(chunk, elements);
        if (value.Definition is not { } op)
            return null;
        switch (op.Code)
        {
            case OpCode.Const when op.Attr<Number>() is { Type: DType.I32, I32: var n }:
                return new Place(0, Each(_ => n));
            case OpCode.Const:
                return new Literal(op.Attr<Number>());
            case OpCode.Expand:
                return Evaluate(op.Operands[0]);
            case OpCode.RawLoad:
                return Load(op);
        }

        if (!op.Info.IsElementwise)
            return null;
        object?[] operands = [.. op.Operands.Select(Evaluate)];
        if (operands.Length == 2 && operands[0] is Place a && operands[1] is Place b && Index(op, a, b) is { } place)
            return place;
        Expr?[] expressions = [.. operands.Select(o => o is Place { Unit: 0, Offsets: var offsets } ? Constant(offsets) : o as Expr)];
        return expressions.All(e => e is not null) ? Apply(op, [.. expressions.Select(e => e!)]) : null;
    }

    private static int[] Each(Func<int, int> lane) => [.. Enumerable.Range(0, Lanes.Count).Select(lane)];

    private static Expr Constant(int[] lanes) => lanes.All(o => o == lanes[0]) ? Int(lanes[0]) : new Spread(new Exprs([.. lanes.Select(Int)]));

    private static object? Index(Op op, Place a, Place b)
    {
        bool constant = a.Unit == 0 && b.Unit == 0;
        int Lane(int l) => ScalarMath.Evaluate(op.Code, op.Attribute, Number.Of(a.Offsets[l]), Number.Of(b.Offsets[l])).Bits;
        if (op.Result.Type.DType == DType.Bool)
            return constant ? Condition(Each(Lane)) : null;
        bool divides = op.Code is OpCode.Div or OpCode.Rem;
        int? uniform = b.Unit == 0 && b.Offsets.All(o => o == b.Offsets[0]) ? b.Offsets[0] : null;
        if (constant)
            return divides && b.Offsets.Contains(0) ? null : new Place(0, Each(Lane));
        return op.Code switch
        {
            OpCode.Add => new Place(a.Unit + b.Unit, Each(Lane)),
            OpCode.Sub => new Place(a.Unit - b.Unit, Each(Lane)),
            OpCode.Mul when uniform is { } factor => new Place(a.Unit * factor, Each(Lane)),
            OpCode.Div when uniform is > 0 and var d && a.Unit % d == 0 => new Place(a.Unit / d, Each(Lane)),
            OpCode.Rem when uniform is > 0 and var d && a.Unit % d == 0 => new Place(0, Each(Lane)),
            _ => null,
        };
    }

    private static Expr Condition(int[] lanes) => lanes.All(l => l == lanes[0])
        ? new Literal(Number.OfBits(DType.Bool, lanes[0]))
        : new Apply(OpCode.Ne, DType.Bool, true, new Expr[] { new Spread(new Exprs([.. lanes.Select(Int)])), new Broadcast(Zero) });

    // The same place in every lane is one read; places one after the other are a vector; others are picked from a vector that holds them.
    private Expr? Load(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        int last = op.Operands.Length - 1;
        if (access.Masked || Evaluate(op.Operands[last]) is not Place place || place.Unit != bytes)
            return null;
        Expr[] indices = [.. op.Operands.Take(last).Select(o => emitter.Emit(o, row, AxisIndex.Zero).Scalar()), Zero];
        DType type = op.Result.Type.DType;
        int least = place.Offsets.Min(), span = place.Offsets.Max() - least;
        if (span == 0)
        {
            indices[last] = At(least);
            return emitter.Bind(new LoadView(access.View, indices, access.Raw, true, type, false), null, emitter.Depth);
        }

        int first = Math.Min(least, bytes - Lanes.Count);
        if (access.Raw is not (RawType.U8 or RawType.I8) || first < 0 || span >= Lanes.Count - (least - first))
            return null;
        indices[last] = At(first);
        Expr vector = emitter.Bind(new LoadView(access.View, indices, access.Raw, true, type, true), null, emitter.Depth);
        int[] order = Each(l => place.Offsets[l] - first);
        return Enumerable.Range(0, elements.Distinct().Count()).All(l => order[l] == l)
            ? vector
            : emitter.Bind(new PermuteLanes(vector, new Exprs([.. order.Select(Int)])), null, emitter.Depth);
    }

    private Expr At(int offset) => (start with { Offset = start.Offset + offset }).Scalar();

    private Expr Apply(Op op, Expr[] operands)
    {
        bool vector = operands.Any(o => o.IsVector);
        bool shift = op.Code is OpCode.Shl or OpCode.Shr;
        if (vector)
            operands = [.. operands.Select((o, i) => o.IsVector || (shift && i == 1) ? o : new Broadcast(o))];
        if (shift && !vector && operands[1] is Literal { Value.Bits: 0 })
            return operands[0];
        return emitter.Bind(new Apply(op.Code, op.Result.Type.DType, vector, operands, op.Attribute), null, emitter.Depth);
    }
}

using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>Makes expressions executable and checks that variables are declared where they are used.</summary>
internal sealed class ExpressionCompiler(
    MemoryTracker memory, Dictionary<string, LocalMemory> buffers, IReadOnlyDictionary<string, Number> arguments, Accessor who, int items)
{
    // Work-items of a group; none in the vector form.
    private readonly bool isThreads = items > 0;
    private readonly Dictionary<string, (Var Var, int Slot, bool Mutable)> _variables = [];

    /// <summary>Variables that products of warpgroups sum in, beside other work.</summary>
    public HashSet<string> ProductSums { get; init; } = [];

    /// <summary>Slots a work-item needs.</summary>
    public int Variables { get; private set; }

    /// <summary>Declares a variable and gives its slot.</summary>
    public int Declare(Var variable, bool mutable)
    {
        if (_variables.ContainsKey(variable.Name))
            throw new IrException($"variable {variable.Name} is declared twice", who.Location);
        _variables[variable.Name] = (variable, Variables, mutable);
        return Variables++;
    }

    /// <summary>Ends a variable's scope.</summary>
    public void Forget(Var variable) => _variables.Remove(variable.Name);

    /// <summary>The slot of a declared variable.</summary>
    public int Slot(Var variable, bool assigned = false)
    {
        if (!_variables.TryGetValue(variable.Name, out (Var Var, int Slot, bool Mutable) known) || known.Var != variable)
            throw new IrException($"variable {variable.Name} is not declared here, or as another type", who.Location);
        return !assigned || known.Mutable ? known.Slot : throw new IrException($"variable {variable.Name} is assigned and not mutable", who.Location);
    }

    public LocalMemory Buffer(LocalBuffer buffer) =>
        buffers.TryGetValue(buffer.Name, out LocalMemory? found) ? found : throw new IrException($"the program has no buffer {buffer.Name}", who.Location);

    /// <summary>Lets products see what a work-item has written to any buffer.</summary>
    public void Publish(int item)
    {
        foreach (LocalMemory buffer in buffers.Values)
            buffer.Publish(item);
    }

    /// <summary>A scalar expression.</summary>
    public ScalarCode Scalar(Expr expression)
    {
        if (expression.IsVector)
            throw new IrException($"a vector stands where a scalar is needed: {expression}", who.Location);
        switch (expression)
        {
            case Var variable:
                int slot = Slot(variable);
                if (!ProductSums.Contains(variable.Name))
                    return item => item.Scalars[slot];
                return item =>
                {
                    item.Products.Touch(slot, variable.Name, who);
                    return item.Scalars[slot];
                };
            case Literal literal:
                return Constant(literal.Value);
            case Apply apply:
                return ApplyScalar(apply);
            case ReduceLanes reduce:
                LaneCode vector = Vector(reduce.Vector);
                Func<Number, Number, Number, Number> combine = ScalarMath.Bind(TileReductions.CodeOf(reduce.Kind), null);
                return item => TileReductions.Tree((Number[])vector(item).Clone(), combine);
            case LoadView load:
                return LoadScalar(load);
            case LoadLocal load:
                LocalMemory buffer = Buffer(load.Buffer);
                ScalarCode index = Scalar(load.Index);
                return item => buffer.Read(index(item).I32);
            case ExtentOf extent:
                return Constant(Number.Of(memory.View(extent.View).Extents[extent.Axis]));
            case Argument argument:
                return arguments.TryGetValue(argument.Name, out Number value) && value.Type == argument.Type
                    ? Constant(value)
                    : throw new ArgumentException($"there is no {IrText.Word(argument.Type)} argument {argument.Name}");
            case ProgramIndex program:
                return _ => Number.Of(program.Axis switch { 0 => who.Program.Axis0, 1 => who.Program.Axis1, _ => who.Program.Axis2 });
            case BeginsRow when !isThreads:
                return Constant(Number.Of(true));
            case DotFour dot when isThreads:
                return Of(WordMath.Dot, dot.Codes, dot.Other, dot.Accumulator);
            case PermuteBytes permute when isThreads:
                return Of(WordMath.Permute, permute.Low, permute.High, permute.Selector);
            case PackPair pack when isThreads:
                return Of((low, high, _) => WordMath.Pack(low, high, pack.Raw), pack.Low, pack.High, pack.High);
            case IsAligned aligned when isThreads:
                return Constant(Number.Of(memory.View(aligned.View).IsAligned(aligned.Bytes)));
            case ThreadIndex when isThreads:
                return item => Number.Of(item.Index);
            case GroupSize when isThreads:
                return Constant(Number.Of(items));
            default:
                throw new IrException($"no expression of this form: {expression}", who.Location);
        }
    }

    /// <summary>An expression as lanes; a scalar is in all of them.</summary>
    public LaneCode Vector(Expr expression)
    {
        if (isThreads)
            throw new IrException($"a vector stands in the thread form: {expression}", who.Location);
        if (!expression.IsVector)
            return InEachLane(Scalar(expression));
        switch (expression)
        {
            case Var variable:
                int slot = Slot(variable);
                return item => item.Vectors[slot];
            case Broadcast broadcast:
                return InEachLane(Scalar(broadcast.Scalar));
            case LaneIndex lanes:
                ScalarCode first = Scalar(lanes.First);
                return item =>
                {
                    int start = first(item).I32;
                    return Make(lane => Number.Of(unchecked(start + lane)));
                };
            case PrefixLanes prefix:
                LaneCode addends = Vector(prefix.Vector);
                Func<Number, Number, Number, Number> add = ScalarMath.Bind(OpCode.Add, null);
                return item =>
                {
                    var sums = (Number[])addends(item).Clone();
                    for (int lane = 1; lane < sums.Length; lane++)
                        sums[lane] = add(sums[lane - 1], sums[lane], default);
                    return sums;
                };
            case Apply apply:
                return ApplyVector(apply);
            case LoadView load:
                return LoadLanes(load);
            case LoadLocal load:
                return LoadLocalLanes(load);
            case MultiplyAddPairs pairs:
                return Pairs(pairs);
            case Spread spread:
                ScalarCode[] scalars = spread.Scalars.AsEnumerable().Select(Scalar).ToArray();
                return item =>
                {
                    Number[] values = scalars.Select(s => s(item)).ToArray();
                    return Make(lane => values[lane * values.Length / Lanes.Count]);
                };
            case DotBytes dot:
                return Dot(dot);
            case PackedCodes packed:
                Func<WorkItem, Func<int, int>> codes = Codes(packed.View, packed.Start, packed.Codes);
                return item =>
                {
                    Func<int, int> code = codes(item);
                    return Make(lane => Number.Of(Enumerable.Range(0, QuantizedRow.Packed)
                        .Aggregate(0, (word, t) => word | ((code((lane * QuantizedRow.Packed) + t) & 255) << (8 * t)))));
                };
            default:
                throw new IrException($"no vector expression of this form: {expression}", who.Location);
        }
    }

    /// <summary>The indices of an access as lanes: gathered if any is a vector, at equal distances along the last axis otherwise.</summary>
    public Func<WorkItem, Func<int, int[]>> Indices(Exprs indices, int step = 1)
    {
        bool gathers = indices.AsEnumerable().Any(i => i.IsVector);
        LaneCode[] lanes = indices.AsEnumerable().Select(Vector).ToArray();
        int last = lanes.Length - 1;
        return item =>
        {
            Number[][] values = lanes.Select(l => l(item)).ToArray();
            return lane => values.Select((v, axis) => v[lane].I32 + (!gathers && axis == last ? lane * step : 0)).ToArray();
        };
    }

    /// <summary>How many lanes take part, and which of them.</summary>
    public Func<WorkItem, Func<int, bool>> Active(Expr? count, Expr? guard)
    {
        ScalarCode? limit = count is null ? null : Scalar(count);
        LaneCode? mask = guard is null ? null : Vector(guard);
        return item =>
        {
            int first = limit?.Invoke(item).I32 ?? Lanes.Count;
            Number[]? flags = mask?.Invoke(item);
            return lane => lane < first && (flags is null || flags[lane].Bool);
        };
    }

    private ScalarCode Of(Func<Number, Number, Number, Number> meaning, Expr first, Expr second, Expr third)
    {
        ScalarCode a = Scalar(first), b = Scalar(second), c = Scalar(third);
        return item => meaning(a(item), b(item), c(item));
    }

    private static ScalarCode Constant(Number value) => _ => value;

    private static LaneCode InEachLane(ScalarCode scalar) => item =>
    {
        Number value = scalar(item);
        return Make(_ => value);
    };

    private static Number[] Make(Func<int, Number> lane)
    {
        var lanes = new Number[Lanes.Count];
        for (int i = 0; i < lanes.Length; i++)
            lanes[i] = lane(i);
        return lanes;
    }

    private ScalarCode ApplyScalar(Apply apply)
    {
        Func<Number, Number, Number, Number> evaluate = Checked(apply);
        ScalarCode[] operands = apply.Operands.AsEnumerable().Select(Scalar).ToArray();
        ScalarCode a = operands[0];
        if (operands.Length == 1)
            return item => evaluate(a(item), default, default);
        ScalarCode b = operands[1];
        if (operands.Length == 2)
            return item => evaluate(a(item), b(item), default);
        ScalarCode c = operands[2];
        return item => evaluate(a(item), b(item), c(item));
    }

    private LaneCode ApplyVector(Apply apply)
    {
        Func<Number, Number, Number, Number> evaluate = Checked(apply);
        LaneCode[] operands = apply.Operands.AsEnumerable().Select(Vector).ToArray();
        return item =>
        {
            Number[] a = operands[0](item), b = operands.Length > 1 ? operands[1](item) : a, c = operands.Length > 2 ? operands[2](item) : a;
            return Make(lane => evaluate(a[lane], b[lane], c[lane]));
        };
    }

    private Func<Number, Number, Number, Number> Checked(Apply apply)
    {
        if (!OpTable.Of(apply.Code).IsElementwise || apply.Operands.Length != OpTable.Of(apply.Code).Arity)
            throw new IrException($"{apply.Code} of {apply.Operands.Length} operands is no expression", who.Location);
        Func<Number, Number, Number, Number> evaluate = ScalarMath.Bind(apply.Code, apply.Attribute);
        if (apply.Code is not (OpCode.Div or OpCode.Rem) || apply.Operands[0].Type == DType.F32)
            return evaluate;
        return (a, b, c) => b.Bits != 0 ? evaluate(a, b, c) : throw who.Fault(FaultKind.DivisionByZero, $"{a} is divided by zero");
    }

    // The code form may read an element's bits as another type of the same size: halves as integers, to convert them itself.
    private RawType RawOf(LoadView load)
    {
        Element element = memory.View(load.View).Element;
        bool fits = load.ByteOffset ? element.Bytes == 0 : element.Bytes == StoredElement.Bytes(load.Raw);
        return fits ? load.Raw : throw new IrException($"{load.View} holds {element.Name} and is read as {load.Raw}", who.Location);
    }

    private ScalarCode LoadScalar(LoadView load)
    {
        RawType raw = RawOf(load);
        ScalarCode[] indices = load.Indices.AsEnumerable().Select(Scalar).ToArray();
        ScalarCode? guard = load.Guard is null ? null : Scalar(load.Guard), other = load.Other is null ? null : Scalar(load.Other);
        return item =>
        {
            if (guard is not null && !guard(item).Bool)
                return other!(item);
            var index = new int[indices.Length];
            for (int axis = 0; axis < index.Length; axis++)
                index[axis] = indices[axis](item).I32;
            if (load.Alignment > 0 && !memory.View(load.View).IsAligned(load.Alignment))
                throw who.Fault(FaultKind.OutOfBounds, $"a read of what is said to be aligned to {IrText.Int(load.Alignment)} bytes", load.View, index);
            return ScalarMath.Convert(memory.Read(load.View, index, raw, load.ByteOffset, who), load.Type);
        };
    }

    private LaneCode LoadLanes(LoadView load)
    {
        RawType raw = RawOf(load);
        Func<WorkItem, Func<int, int[]>> indices = Indices(load.Indices, load.ByteOffset ? StoredElement.Bytes(raw) : 1);
        Func<WorkItem, Func<int, bool>> counted = Active(load.Count, null), guarded = Active(null, load.Guard);
        LaneCode? other = load.Other is null ? null : Vector(load.Other);
        return item =>
        {
            Func<int, int[]> index = indices(item);
            Func<int, bool> isCounted = counted(item), isGuarded = guarded(item);
            Number[]? otherwise = other?.Invoke(item);
            return Make(lane =>
            {
                if (!isCounted(lane))
                    return Number.OfBits(load.Type, 0);
                return isGuarded(lane)
                    ? ScalarMath.Convert(memory.Read(load.View, index(lane), raw, load.ByteOffset, who), load.Type)
                    : otherwise![lane];
            });
        };
    }

    private LaneCode Pairs(MultiplyAddPairs pairs)
    {
        LaneCode accumulator = Vector(pairs.Accumulator);
        Func<WorkItem, Func<int, int>> a = Consecutive(pairs.A), b = Consecutive(pairs.B);
        return item =>
        {
            Number[] sums = accumulator(item);
            Func<int, int> left = a(item), right = b(item);
            return Make(lane =>
            {
                int even = 2 * lane, odd = even + 1;
                return Number.Of(unchecked(sums[lane].I32 + (left(even) * right(even)) + (left(odd) * right(odd))));
            });
        };
    }

    private LaneCode Dot(DotBytes dot)
    {
        LocalMemory other = Buffer(dot.Other);
        ScalarCode first = Scalar(dot.Index);
        Func<WorkItem, Func<int, int>>[] codes = [.. dot.Codes.Select(tree => Codes(dot.View, dot.Start, tree))];
        LaneCode? accumulator = dot.Accumulator is null ? null : Vector(dot.Accumulator);
        return item =>
        {
            int from = first(item).I32;
            Number[]? start = accumulator?.Invoke(item);
            int[] packed = [.. codes.Select((_, step) => other.Read(from + step).Bits)];
            Func<int, int>[] steps = [.. codes.Select(step => step(item))];
            return Make(lane =>
            {
                int sum = start?[lane].I32 ?? 0;
                for (int s = 0; s < steps.Length; s++)
                {
                    for (int t = 0; t < QuantizedRow.Packed; t++)
                    {
                        int code = steps[s]((lane * QuantizedRow.Packed) + t);
                        if (code < 0 || code > dot.Greatest)
                            throw new IrException($"a code is {IrText.Int(code)}, and at most {IrText.Int(dot.Greatest)} was promised", who.Location);
                        sum += code * (sbyte)(packed[s] >> (8 * t));
                    }
                }

                return Number.Of(sum);
            });
        };
    }

    // Arithmetic on bytes is modulo 256, and codes have no sign.
    private Func<WorkItem, Func<int, int>> Codes(string view, Exprs start, ByteTree tree)
    {
        ScalarCode[] indices = start.AsEnumerable().Select(Scalar).ToArray();
        return item =>
        {
            int[] at = indices.Select(s => s(item).I32).ToArray();
            return lane => tree.At(lane, (offset, isSigned) =>
            {
                int[] index = (int[])at.Clone();
                index[index.Length - 1] += offset;
                return memory.Read(view, index, isSigned ? RawType.I8 : RawType.U8, true, who).I32;
            });
        };
    }

    private Func<WorkItem, Func<int, int>> Consecutive(LoadView first)
    {
        RawType raw = RawOf(first);
        ScalarCode[] indices = first.Indices.AsEnumerable().Select(Scalar).ToArray();
        return item =>
        {
            int[] start = indices.Select(i => i(item).I32).ToArray();
            return element =>
            {
                int[] index = (int[])start.Clone();
                index[index.Length - 1] += element;
                return memory.Read(first.View, index, raw, first.ByteOffset, who).I32;
            };
        };
    }

    private LaneCode LoadLocalLanes(LoadLocal load)
    {
        LocalMemory buffer = Buffer(load.Buffer);
        Func<WorkItem, Func<int, int[]>> indices = Indices(new Exprs([load.Index]));
        Func<WorkItem, Func<int, bool>> counted = Active(load.Count, null);
        return item =>
        {
            Func<int, int[]> index = indices(item);
            Func<int, bool> isCounted = counted(item);
            return Make(lane => isCounted(lane) ? buffer.ReadLane(index(lane)[0]) : Number.OfBits(load.Type, 0));
        };
    }
}

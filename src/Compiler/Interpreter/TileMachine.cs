using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>One launch of a tile program.</summary>
internal sealed class TileMachine
{
    private readonly Kernel _kernel;
    private readonly IReadOnlyDictionary<string, Number> _arguments;
    private readonly MemoryTracker _memory;
    private readonly Accessor _who = new();
    private readonly Dictionary<Value, TileValue> _values = [];
    private long _stepsLeft;

    public TileMachine(Kernel kernel, InterpreterMemory memory, IReadOnlyDictionary<string, Number> arguments, long stepLimit)
    {
        _kernel = kernel;
        _arguments = arguments;
        _stepsLeft = stepLimit;
        IEnumerable<string> stored = kernel.Body.AllOps.Where(op => op.Code == OpCode.Store).Select(op => op.Attr<MemoryAccess>().View);
        _memory = new MemoryTracker(memory, stored, intervals: false);
    }

    public int[] Grid()
    {
        int[] grid = [1, 1, 1];
        foreach (Op op in _kernel.Body.AllOps.Where(op => op.Code == OpCode.ProgramId))
            grid[op.Attr<int>()] = AtLaunch(op.Operands[0]).I32;
        return grid;
    }

    public void Run(ProgramPosition program, int number)
    {
        _who.Program = program;
        _who.Number = number;
        _values.Clear();
        Run(_kernel.Body);
    }

    private Number AtLaunch(Value value)
    {
        Op op = value.Definition ?? throw new IrException("the grid depends on a loop");
        _who.Location = op.Location;
        return op.Code switch
        {
            OpCode.Const or OpCode.Param or OpCode.ViewExtent => Leaf(op),
            _ when op.Info.IsElementwise => Elementwise(op, op.Operands.Select(AtLaunch).ToArray()),
            _ => throw new IrException($"the grid depends on {op.Code}", op.Location),
        };
    }

    private Number Leaf(Op op)
    {
        switch (op.Code)
        {
            case OpCode.Const:
                return op.Attr<Number>();
            case OpCode.ViewExtent:
                MemoryAccess access = op.Attr<MemoryAccess>();
                return Number.Of(_memory.View(access.View).Extents[access.Axis]);
            default:
                string name = op.Attr<string>();
                return _arguments.TryGetValue(name, out Number argument) && argument.Type == op.Result.Type.DType
                    ? argument
                    : throw new ArgumentException($"there is no {IrText.Word(op.Result.Type.DType)} argument {name}");
        }
    }

    private Number Elementwise(Op op, Number[] operands)
    {
        CheckDivisor(op.Code, operands);
        Number At(int i) => i < operands.Length ? operands[i] : default;
        return ScalarMath.Evaluate(op.Code, op.Attribute, At(0), At(1), At(2));
    }

    private void CheckDivisor(OpCode code, Number[] operands)
    {
        if (code is OpCode.Div or OpCode.Rem && operands[0].Type != DType.F32 && operands[1].Bits == 0)
            throw _who.Fault(FaultKind.DivisionByZero, $"{operands[0]} is divided by zero");
    }

    // Gives the operands of the block's terminator.
    private TileValue[] Run(Block block)
    {
        foreach (Op op in block.Ops)
        {
            _who.Location = op.Location;
            switch (op.Code)
            {
                case OpCode.Yield or OpCode.Condition or OpCode.Return:
                    return op.Operands.Select(o => _values[o]).ToArray();
                case OpCode.Store:
                    Store(op);
                    break;
                case OpCode.For or OpCode.While or OpCode.If:
                    Bind(op.Results, Control(op));
                    break;
                default:
                    _values[op.Result] = Evaluate(op);
                    break;
            }
        }

        return [];
    }

    private void Bind(IReadOnlyList<Value> values, TileValue[] to)
    {
        for (int i = 0; i < values.Count; i++)
            _values[values[i]] = to[i];
    }

    private TileValue[] Control(Op op)
    {
        TileValue[] operands = op.Operands.Select(o => _values[o]).ToArray();
        if (op.Code == OpCode.If)
            return Run(op.Regions[operands[0].Scalar.Bool ? 0 : 1]);
        TileValue[] carried = op.Code == OpCode.For ? operands.Skip(3).ToArray() : operands;
        if (op.Code == OpCode.For)
        {
            int end = operands[1].Scalar.I32, step = operands[2].Scalar.I32;
            if (step <= 0)
                throw _who.Fault(FaultKind.NegativeExtent, $"the loop's step is {step}");
            for (long i = operands[0].Scalar.I32; i < end; i += step)
            {
                Bind(op.Regions[0].Arguments, [TileValue.Of(Number.Of((int)i)), .. carried]);
                carried = Run(op.Regions[0]);
                Count(op, 1);
            }

            return carried;
        }

        while (true)
        {
            Bind(op.Regions[0].Arguments, carried);
            if (!Run(op.Regions[0])[0].Scalar.Bool)
                return carried;
            Bind(op.Regions[1].Arguments, carried);
            carried = Run(op.Regions[1]);
            Count(op, 1);
        }
    }

    private void Count(Op op, long steps)
    {
        _stepsLeft -= steps;
        _who.Location = op.Location;
        if (_stepsLeft < 0)
            throw _who.Fault(FaultKind.Endless, "the launch exceeds its step limit");
    }

    private TileValue Evaluate(Op op)
    {
        TileValue Operand(int i) => _values[op.Operands[i]];
        int[] extents = Extents(op.Result.Type);
        Count(op, extents.Aggregate(1L, (product, extent) => product * extent));
        switch (op.Code)
        {
            case OpCode.Const or OpCode.Param or OpCode.ViewExtent:
                return TileValue.Of(Leaf(op));
            case OpCode.ProgramId:
                ProgramPosition at = _who.Program;
                return TileValue.Of(Number.Of(op.Attr<int>() switch { 0 => at.Axis0, 1 => at.Axis1, _ => at.Axis2 }));
            case OpCode.Range:
                int start = Operand(0).Scalar.I32;
                return TileValue.Make(extents, (_, i) => Number.Of(unchecked(start + i)));
            case OpCode.Splat:
                Number value = Operand(0).Scalar;
                return TileValue.Make(extents, (_, _) => value);
            case OpCode.Expand:
                return new TileValue(extents, Operand(0).Elements);
            case OpCode.Transpose:
                TileValue source = Operand(0);
                return TileValue.Make(extents, (row, column) => source.Elements[(column * source.Columns) + row]);
            case OpCode.Reduce:
                return TileReductions.Reduce(Operand(0), op.Attr<Reduction>(), op.Result.Type.DType);
            case OpCode.ArgReduce:
                return TileValue.Of(TileReductions.ArgReduce(Operand(0), op.Attr<Reduction>().Kind));
            case OpCode.Scan:
                return TileReductions.Scan(Operand(0), op.Attr<Reduction>().Kind, op.Result.Type.DType);
            case OpCode.FakeQuantize:
                int group = Operand(1).Scalar.I32;
                return group > 0
                    ? EightBits.Round(Operand(0), group)
                    : throw _who.Fault(FaultKind.NegativeExtent, $"groups of {IrText.Int(group)} elements");
            case OpCode.Dot:
                Count(op, (long)Operand(0).Elements.Length * (op.Operands[1].Type.Rank == 2 ? Operand(1).Columns : 1));
                return TileReductions.Dot(Operand(0), Operand(1), op.Operands.Length > 2 ? Operand(2) : null, extents, op.Result.Type.DType == DType.I32);
            case OpCode.Gather:
                return Gather(Operand(0), Operand(1));
            case OpCode.Load or OpCode.RawLoad:
                return Load(op, extents);
            default:
                return op.Info.IsElementwise ? Elementwise(op, extents) : throw new IrException($"{op.Code} is not specialised", op.Location);
        }
    }

    private int[] Extents(Ir.ValueType type)
    {
        var extents = new int[type.Rank];
        for (int axis = 0; axis < extents.Length; axis++)
        {
            Extent extent = type.Shape[axis];
            extents[axis] = extent.Dynamic is { } dynamic ? _values[dynamic].Scalar.I32 : extent.Constant;
            if (extents[axis] < 0)
                throw _who.Fault(FaultKind.NegativeExtent, $"the tile has extent {extents[axis]}");
        }

        return extents;
    }

    private TileValue Elementwise(Op op, int[] extents)
    {
        TileValue[] tiles = op.Operands.Select(o => _values[o]).ToArray();
        Func<Number, Number, Number, Number> evaluate = ScalarMath.Bind(op.Code, op.Attribute);
        bool divides = op.Code is OpCode.Div or OpCode.Rem;
        return TileValue.Make(extents, (row, column) =>
        {
            Number a = tiles[0].At(row, column), b = tiles.Length > 1 ? tiles[1].At(row, column) : default;
            if (divides)
                CheckDivisor(op.Code, [a, b]);
            return evaluate(a, b, tiles.Length > 2 ? tiles[2].At(row, column) : default);
        });
    }

    private TileValue Gather(TileValue tile, TileValue indices) => TileValue.Make(indices.Extents, (row, column) =>
    {
        int index = indices.At(row, column).I32;
        return index >= 0 && index < tile.Elements.Length
            ? tile.Elements[index]
            : throw _who.Fault(FaultKind.OutOfBounds, $"the gathered tile has {tile.Elements.Length} elements", "tile", index);
    });

    private TileValue Load(Op op, int[] extents)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        Element element = _kernel.Find(access.View).Element;
        bool isRaw = op.Code == OpCode.RawLoad;
        if (!isRaw && (element.Bytes == 0 || access.Part is LoadPart.Scale or LoadPart.Offset))
            throw new IrException($"a read of {element.Name} from {access.View} is not specialised", op.Location);
        RawType raw = isRaw ? access.Raw : StoredElement.RawOf(element);
        DType type = op.Result.Type.DType;
        TileValue[] operands = op.Operands.Select(o => _values[o]).ToArray();
        int rank = operands.Length - (access.Masked ? 2 : 0);
        return TileValue.Make(extents, (row, column) =>
        {
            if (access.Masked && !operands[rank].At(row, column).Bool)
                return operands[rank + 1].At(row, column);
            return ScalarMath.Convert(_memory.Read(access.View, Index(operands, rank, row, column), raw, isRaw, _who), type);
        });
    }

    private void Store(Op op)
    {
        MemoryAccess access = op.Attr<MemoryAccess>();
        TileValue[] operands = op.Operands.Select(o => _values[o]).ToArray();
        int rank = operands.Length - (access.Masked ? 2 : 1);
        int[] extents = Extents(new Ir.ValueType(DType.F32, TypeRules.Broadcast(op.Operands.Select(o => o.Type), op.Location)));
        TileValue value = operands[rank];
        _memory.BeginStore();
        TileValue.Make(extents, (row, column) =>
        {
            if (!access.Masked || operands[rank + 1].At(row, column).Bool)
                _memory.Write(access.View, Index(operands, rank, row, column), value.At(row, column), _who);
            return default;
        });
    }

    private static int[] Index(TileValue[] operands, int rank, int row, int column)
    {
        var index = new int[rank];
        for (int axis = 0; axis < rank; axis++)
            index[axis] = operands[axis].At(row, column).I32;
        return index;
    }
}

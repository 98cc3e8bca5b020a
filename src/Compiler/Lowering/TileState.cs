using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Tile storage: a buffer, the extents of the tile in it, and the distance between its rows; or registers, which stand for the buffer.</summary>
internal sealed record TileBuffer(LocalBuffer Storage, int Rank, Expr RowStride, Fragment? Registers = null)
{
    /// <summary>The element index at the given axis indices.</summary>
    public Cell Index(AxisIndex[] at, Func<Expr, Expr> bind)
    {
        Cell last = at[at.Length - 1].Cell;
        if (Rank == 1)
            return last;
        Cell stride = RowStride is Literal literal ? Cell.Of(literal) : new Cell(RowStride);
        Cell row = Cell.Index(OpCode.Mul, at[0].Cell, stride, bind) ?? Combine(OpCode.Mul, at[0].Cell, stride, bind);
        return Cell.Index(OpCode.Add, row, last, bind) ?? Combine(OpCode.Add, row, last, bind);
    }

    private static Cell Combine(OpCode code, Cell a, Cell b, Func<Expr, Expr> bind)
    {
        bool vector = !a.IsScalar || !b.IsScalar;
        Expr[] operands = vector ? [bind(a.Vector()), bind(b.Vector())] : [a.Scalar(), b.Scalar()];
        return new Cell(bind(new Apply(code, DType.I32, vector, operands)));
    }
}

/// <summary>What is known of a kernel's values while it is lowered: scalars by expression, tiles by storage.</summary>
internal sealed class TileState(Kernel kernel)
{
    private readonly Dictionary<string, int> _names = ReservedNames.For(kernel);
    private readonly Dictionary<string, int> _divisors = [];

    public Dictionary<Value, Expr> Scalars { get; } = [];

    public Dictionary<Value, TileBuffer> Buffers { get; } = [];

    public List<LocalBuffer> Storage { get; } = [];

    public SourceLocation Location { get; set; }

    public Kernel Kernel { get; } = kernel;

    /// <summary>A variable with a name no other has, close to the one in the source.</summary>
    public Var NewVar(string? name, DType type, bool vector = false, int divisor = 1)
    {
        var variable = new Var(Unique(name ?? (vector ? "v" : type == DType.F32 ? "f" : "n")), type, vector);
        Divides(variable, divisor);
        return variable;
    }

    /// <summary>Notes that a number divides a variable's value.</summary>
    public void Divides(Var variable, int divisor)
    {
        if (divisor > 1)
            _divisors[variable.Name] = divisor;
    }

    /// <summary>Tile storage, in memory of its own or in another's.</summary>
    public LocalBuffer NewBuffer(string? name, DType type, Expr size, LocalBuffer? over = null)
    {
        var buffer = new LocalBuffer(Unique(name ?? "tile"), type == DType.Bool ? DType.I32 : type, size) { Over = over?.Name };
        Storage.Add(buffer);
        return buffer;
    }

    /// <summary>A scalar value as a cell.</summary>
    public Cell ScalarCell(Value value)
    {
        Expr expression = Scalars[value];
        return value.Type.DType == DType.I32 ? Cell.Integer(expression, DivisorOf(expression)) : new Cell(expression);
    }

    /// <summary>What lies in a view.</summary>
    public RawType RawOf(string view) => ElementOf(view).Kind switch
    {
        ElementKind.F32 => RawType.F32,
        ElementKind.F16 => RawType.F16,
        ElementKind.BF16 => RawType.BF16,
        ElementKind.I32 => RawType.I32,
        ElementKind.I8 => RawType.I8,
        ElementKind.U8 => RawType.U8,
        _ => throw new IrException($"view {view} holds {ElementOf(view).Name}, which is read through its format"),
    };

    public Element ElementOf(string view) => Kernel.Find(view).Element;

    /// <summary>The extent of a tile of one axis.</summary>
    public Expr ExtentOf(Value tile) => tile.Type.Shape[0] is { Dynamic: { } value } ? Scalars[value] : Expressions.Int(tile.Type.Shape[0].Constant);

    /// <summary>The smallest upper bound known at launch for an extent.</summary>
    public Expr Bound(Extent extent) => LaunchExpressions.Bound(extent, Kernel, Location);

    /// <summary>The next multiple of a number.</summary>
    public Expr RoundUp(Expr value, int unit) =>
        value is Argument && DivisorOf(value) % unit == 0 ? value : Expressions.Mul(Expressions.Div(Expressions.Add(value, Expressions.Int(unit - 1)), Expressions.Int(unit)), Expressions.Int(unit));

    /// <summary>A number that divides the value of an i32 expression.</summary>
    public int DivisorOf(Expr expression) => expression switch
    {
        Var variable => _divisors.TryGetValue(variable.Name, out int known) ? known : 1,
        Literal { Value.I32: var n } => n == 0 ? 1 << 24 : Math.Abs(n),
        Argument argument when Kernel.Find(argument.Name) is { IsTunable: true } tunable => tunable.Choices.Aggregate(Expressions.CommonDivisor),
        // Rows of a quantized view are whole blocks.
        ExtentOf row when Kernel.Find(row.View) is { Element.Kind: ElementKind.Quantized } view && row.Axis == view.Rank - 1 => view.Element.BlockSize,
        Apply { Code: OpCode.Mul } m => (int)Math.Min(1 << 24, (long)DivisorOf(m.Operands[0]) * DivisorOf(m.Operands[1])),
        _ => 1,
    };

    private string Unique(string name)
    {
        if (!_names.TryGetValue(name, out int count))
        {
            _names[name] = 1;
            return name;
        }

        string unique;
        do
        {
            unique = $"{name}_{count++}";
        }
        while (_names.ContainsKey(unique));
        _names[name] = count;
        _names[unique] = 1;
        return unique;
    }
}

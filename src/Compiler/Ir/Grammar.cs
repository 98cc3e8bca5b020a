namespace KernelFoundry.Compiler.Ir;

// The kernel IR, whole, in one file.
//
//   kernel    = typeParams params body            a tile program: structured SSA, one instance per program id
//   block     = args op*                          the last op of a region is Yield (or Condition, or Return)
//   op        = results code operands attr regions location
//   value     = scalar dtype | tile dtype [extent] | [extent, extent]
//   extent    = integer constant | scalar i32 value
//
// Elementwise ops broadcast scalars and axes of extent 1. Everything is a value except the views, which are parameters.
// What each op means is in OpTable (arity, typing) and ScalarMath (arithmetic); the interpreter runs exactly that.

/// <summary>The types arithmetic happens in. Storage types of views are <see cref="Element"/>s.</summary>
public enum DType
{
    F32,
    I32,
    U32,
    Bool,

    /// <summary>Signed 8-bit integers: only the operands of an integer <see cref="OpCode.Dot"/>.</summary>
    I8,
}

/// <summary>Operation codes; <see cref="OpTable"/> says what each takes and gives.</summary>
public enum OpCode
{
    // Leaves
    Const, Param, ProgramId, ViewExtent, BlockSize,

    // Elementwise, one operand
    Neg, Abs, Exp, Log, Sqrt, Rsqrt, Tanh, Erf, Sin, Cos, Sigmoid, Floor, Round, Not, Convert, Bitcast, Lookup,

    // Elementwise, two operands
    Add, Sub, Mul, Div, Rem, Min, Max, And, Or, Xor, Shl, Shr, MulHi, Scale, Eq, Ne, Lt, Le, Gt, Ge,

    // Elementwise, three operands
    Select, Fma, Philox,

    // Shape
    Range, Splat, Expand, Transpose,

    // Across elements
    Reduce, ArgReduce, Scan, FakeQuantize, Dot, Gather,

    // Memory
    Load, RawLoad, Store,

    // Functors (gone after specialisation)
    Call, Field,

    // Control
    For, While, If, Yield, Condition, Return,
}

/// <summary>The combining operation of a reduction or scan.</summary>
public enum ReduceKind
{
    Sum,
    Max,
    Min,
}

/// <summary>What a <see cref="OpCode.Load"/> reads of an element: its value, or one part of a quantized one.</summary>
public enum LoadPart
{
    Value,
    Code,
    Scale,
    Offset,
}

/// <summary>What a <see cref="OpCode.RawLoad"/> reads at a byte offset.</summary>
public enum RawType
{
    U8,
    I8,
    U16,
    I16,
    I32,
    F16,
    BF16,
    F32,
}

/// <summary>A tile extent: a constant, or a scalar i32 value known when the tile is made.</summary>
public readonly record struct Extent(int Constant, Value? Dynamic)
{
    public static implicit operator Extent(int constant) => new(constant, null);

    public bool IsConstant => Dynamic is null;

    public bool IsOne => Dynamic is null && Constant == 1;

    /// <summary>The extent as written in dumps.</summary>
    public override string ToString() => Dynamic is { } value ? value.ToString() : Constant.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The type of a value: a scalar (no extents) or a tile of one or two axes.</summary>
public sealed class ValueType
{
    public ValueType(DType dtype, params Extent[] shape)
    {
        DType = dtype;
        Shape = shape;
    }

    public DType DType { get; }

    public Extent[] Shape { get; }

    public int Rank => Shape.Length;

    public bool IsScalar => Shape.Length == 0;

    public ValueType With(DType dtype) => new(dtype, Shape);

    public static ValueType Scalar(DType dtype) => new(dtype);

    public bool SameAs(ValueType other) => DType == other.DType && Shape.SequenceEqual(other.Shape);

    public override string ToString()
    {
        string dtype = DType.ToString().ToLowerInvariant();
        return IsScalar ? dtype : $"{dtype}[{string.Join(", ", Shape)}]";
    }
}

/// <summary>One SSA value: the result of an op, or an argument of a block.</summary>
public sealed class Value
{
    public Value(ValueType type, string? name = null)
    {
        Type = type;
        Name = name;
    }

    public ValueType Type { get; set; }

    /// <summary>The C# local it came from, kept so that generated code reads like its source.</summary>
    public string? Name { get; set; }

    /// <summary>The op that defines it; null for block arguments.</summary>
    public Op? Definition { get; set; }

    /// <summary>Number within its kernel, given by the printer.</summary>
    public int Id { get; set; } = -1;

    public override string ToString() => $"%{(Id >= 0 ? Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : "?")}";
}

/// <summary>Where in the C# source an op comes from. Lines and columns count from 1.</summary>
public readonly record struct SourceLocation(string File, int Line, int Column)
{
    public static SourceLocation None => new("", 0, 0);

    public override string ToString() => Line == 0 ? "" : $"{File}:{Line}:{Column}";
}

/// <summary>
/// One operation. <see cref="Attribute"/> by code: Const: <see cref="Number"/>; Param: parameter name (string); ProgramId: axis (int);
/// ViewExtent, BlockSize, Load, RawLoad, Store: see <see cref="MemoryAccess"/>; Convert, Bitcast: <see cref="DType"/>; Lookup: <see cref="LookupTable"/>;
/// Expand: axis of extent 1 (int);
/// Reduce, ArgReduce, Scan: <see cref="Reduction"/>; Call: <see cref="FunctorCall"/>; Field: field name (string).
/// </summary>
public sealed class Op
{
    public Op(OpCode code, Value[] operands, object? attribute = null, SourceLocation location = default)
    {
        Code = code;
        Operands = operands;
        Attribute = attribute;
        Location = location;
    }

    public OpCode Code { get; }

    public Value[] Operands { get; set; }

    public Value[] Results { get; set; } = [];

    public object? Attribute { get; }

    /// <summary>
    /// For: body. While: condition, body. If: then, else (always both).
    /// <para>For: operands start, end, step (i32, step positive), then the carried values; body arguments are the index and the carried values
    /// and it yields the next ones; results are the carried values after the last round. While: operands are the carried values, which both
    /// regions take as arguments; the first ends in Condition of one bool, the second yields the next ones. If: operand is one bool, regions
    /// take no arguments and yield the results. A kernel's body ends in a Return of nothing.</para>
    /// </summary>
    public Block[] Regions { get; set; } = [];

    public SourceLocation Location { get; }

    public OpInfo Info => OpTable.Of(Code);

    /// <summary>The only result.</summary>
    public Value Result => Results[0];

    public T Attr<T>() => (T)Attribute!;
}

/// <summary>
/// View: the view parameter's name. ViewExtent uses <see cref="Axis"/>; BlockSize, which is gone after specialisation, nothing more; Load uses <see cref="Part"/> and RawLoad <see cref="Raw"/>.
/// Operands of Load and RawLoad: one index per axis (scalars or tiles that broadcast together; RawLoad's last index is the byte offset within
/// the row), then, if <see cref="Masked"/>, the mask and the value where it is false. Store: indices, value, then the mask if masked.
/// </summary>
public sealed record MemoryAccess(string View, int Axis = 0, LoadPart Part = LoadPart.Value, RawType Raw = RawType.U8, bool Masked = false);

/// <summary>Axis -1 reduces all axes to a scalar. Scan runs along the last axis. ArgReduce gives the lowest index among ties.</summary>
public sealed record Reduction(ReduceKind Kind, int Axis);

/// <summary>Sixteen signed bytes, entries 0 to 7 in the bytes of Low from its least, 8 to 15 in those of High. An index counts modulo 16.</summary>
public sealed record LookupTable(long Low, long High)
{
    public const int Count = 16;

    public sbyte this[int index] => unchecked((sbyte)(((index & 8) == 0 ? Low : High) >> ((index & 7) * 8)));

    public static LookupTable Of(IReadOnlyList<sbyte> entries)
    {
        long Half(int first) => Enumerable.Range(0, 8).Aggregate(0L, (word, i) => word | ((long)(byte)entries[first + i] << (i * 8)));
        return new LookupTable(Half(0), Half(8));
    }
}

/// <summary>A static method of a functor type parameter; Self names the functor parameter whose fields it reads, or is empty.</summary>
public sealed record FunctorCall(string TypeParameter, string Method, string Self, DType Result);

/// <summary>A straight run of ops with arguments; ends in Yield, Condition or Return where it is a region.</summary>
public sealed class Block
{
    public List<Value> Arguments { get; } = [];

    public List<Op> Ops { get; } = [];

    public Op Terminator => Ops[Ops.Count - 1];

    /// <summary>Every op, those of regions after the op that has them.</summary>
    public IEnumerable<Op> AllOps => Ops.SelectMany(op => op.Regions.SelectMany(region => region.AllOps).Prepend(op));
}

/// <summary>How a view stores an element: a primitive, a quantization format by name, or (before specialisation) a type parameter.</summary>
public sealed record Element(string Name, ElementKind Kind)
{
    public static readonly Element F32 = new("float", ElementKind.F32);
    public static readonly Element F16 = new("Half", ElementKind.F16);
    public static readonly Element BF16 = new("BFloat16", ElementKind.BF16);
    public static readonly Element I32 = new("int", ElementKind.I32);
    public static readonly Element I8 = new("sbyte", ElementKind.I8);
    public static readonly Element U8 = new("byte", ElementKind.U8);

    public static readonly Element[] Primitives = [F32, F16, BF16, I32, I8, U8];

    public static Element Parameter(string name) => new(name, ElementKind.Parameter);

    public static Element Quantized(string name) => new(name, ElementKind.Quantized);

    /// <summary>Elements of a block; known for quantized formats after specialisation.</summary>
    public int BlockSize { get; init; }

    /// <summary>Bytes of a block; known for quantized formats after specialisation.</summary>
    public int BlockBytes { get; init; }

    /// <summary>Bytes of one primitive element; 0 for quantized formats and parameters.</summary>
    public int Bytes => Kind switch
    {
        ElementKind.F32 or ElementKind.I32 => 4,
        ElementKind.F16 or ElementKind.BF16 => 2,
        ElementKind.I8 or ElementKind.U8 => 1,
        _ => 0,
    };
}

public enum ElementKind
{
    F32,
    F16,
    BF16,
    I32,
    I8,
    U8,
    Quantized,
    Parameter,
}

public enum ParameterKind
{
    /// <summary>Typed strided memory of one to four axes; the last axis is contiguous.</summary>
    View,

    /// <summary>A run-time scalar.</summary>
    Scalar,

    /// <summary>A scalar with listed values to specialise for; any other value runs the generic version.</summary>
    Specialized,

    /// <summary>A constant chosen per device, never part of a launch; on the CPU, where it has choices, a value the device fills in.</summary>
    Schedule,

    /// <summary>A functor struct whose fields are scalars and views.</summary>
    Functor,
}

/// <summary>One kernel parameter.</summary>
public sealed record Parameter
{
    public required string Name { get; init; }

    public required ParameterKind Kind { get; init; }

    /// <summary>Scalars: their type.</summary>
    public DType DType { get; init; }

    /// <summary>Views: how elements are stored.</summary>
    public Element Element { get; init; } = Element.F32;

    /// <summary>Views: number of axes, 1 to 4.</summary>
    public int Rank { get; init; }

    /// <summary>Views: the rows, of quantized elements, lie in panels: see <see cref="PanelLayout"/>.</summary>
    public bool IsPanels { get; init; }

    /// <summary>Functors: the type parameter.</summary>
    public string TypeParameter { get; init; } = "";

    /// <summary>Specialized: the listed values. Schedule: the value for each <see cref="TargetKind"/>, in its order; the last ones may be left out.</summary>
    public int[] Values { get; init; } = [];

    /// <summary>Specialized: the CPU runs the generic version for every value.</summary>
    public bool IsGenericOnCpu { get; init; }

    /// <summary>Schedule: the values a CPU may be tuned to; none where it is a constant. No choice changes a bit of a result.</summary>
    public int[] Choices { get; init; } = [];

    /// <summary>Schedule: the value for a target. What CUDA has none for is as on OpenCL, with instructions on matrices as without them, and with those of warpgroups as with these.</summary>
    public int ValueFor(TargetKind target) => Values[Math.Min((int)target, Values.Length - 1)];

    /// <summary>Whether it is a schedule parameter that stays a run-time value: in a specialised kernel, one for the CPU.</summary>
    public bool IsTunable => Choices.Length > 0;
}

/// <summary>Targets a schedule may differ for.</summary>
public enum TargetKind
{
    Cpu,
    OpenCl,
    Cuda,

    /// <summary>CUDA with instructions on matrices.</summary>
    CudaMatrices,

    /// <summary>CUDA with instructions of warpgroups.</summary>
    CudaWarpgroups,
}

/// <summary>A type parameter: an element type (functor interface empty) or a functor.</summary>
public sealed record TypeParameter(string Name, string Interface)
{
    public bool IsFunctor => Interface.Length > 0;
}

/// <summary>A kernel as a tile program.</summary>
public sealed class Kernel
{
    public required string Name { get; init; }

    public SourceLocation Location { get; init; }

    public List<TypeParameter> TypeParameters { get; init; } = [];

    public List<Parameter> Parameters { get; init; } = [];

    /// <summary>Work-items per program on thread targets.</summary>
    public int WorkGroup { get; init; } = 64;

    /// <summary>Work-items per program on CUDA; 0 where they are as many as elsewhere, and in a specialised kernel.</summary>
    public int CudaWorkGroup { get; init; }

    /// <summary>
    /// Elements of 16 bits, tiles of which may be multiplied by instructions on matrices: the other operand of the product is rounded to them where it is of floats.
    /// </summary>
    public IReadOnlyList<ElementKind> RoundedProducts { get; init; } = [];

    /// <summary>Whether exponentials may be a device's instruction: <c>KernelAttribute.ApproximateExp</c>.</summary>
    public bool ApproximatesExp { get; init; }

    public required Block Body { get; init; }

    public Parameter Find(string name) => Parameters.First(p => p.Name == name);

    /// <summary>The specialised kernel with other work-items, or another body.</summary>
    public Kernel With(int? workGroup = null, Block? body = null) => new()
    {
        Name = Name,
        Location = Location,
        Parameters = Parameters,
        RoundedProducts = RoundedProducts,
        ApproximatesExp = ApproximatesExp,
        WorkGroup = workGroup ?? WorkGroup,
        Body = body ?? Body,
    };
}

/// <summary>
/// A functor's or format's method: block arguments are its parameters (their dtype counts, their shape is taken from the caller), and its
/// last op is Return.
/// </summary>
public sealed record Function(string Name, Block Body);

/// <summary>A functor struct: its fields (Scalar or View parameters) and methods.</summary>
public sealed record Functor(string Name, string Interface, IReadOnlyList<Parameter> Fields, IReadOnlyList<Function> Methods);

/// <summary>
/// A quantization format. Decode's argument is the index of an element within its block (i32); its RawLoads name the view "block" and take one
/// byte offset within the block; it returns (scale f32, code i32 in -128..127, offset f32): value = scale * code + offset.
/// </summary>
public sealed record QuantFormat(string Name, int BlockSize, int BlockBytes, int GroupSize, Function Decode)
{
    /// <summary>The bytes of a block that stand apart from those taken four by four in panels, at its beginning: 0 to 3.</summary>
    public int LeadingBytes { get; init; } = BlockBytes % PanelLayout.Unit;
}

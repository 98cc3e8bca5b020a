using KernelFoundry.Compiler.Ir;
using static KernelFoundry.Compiler.Lowering.Expressions;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>A chunk of one row of quantized weights, as code: where its bytes begin, its codes, and what its groups share.</summary>
/// <param name="state">The kernel's values.</param>
/// <param name="emitter">Takes the code.</param>
/// <param name="dot">The plan.</param>
/// <param name="row">The row.</param>
/// <param name="at">The chunk's first element, counted from the beginning of the reduced axis.</param>
/// <param name="size">Elements of the chunk.</param>
internal sealed class WeightChunk(TileState state, ElementEmitter emitter, IntegerDot dot, AxisIndex row, Cell at, int size)
{
    // From so many groups a chunk on, what they share is computed a vector at once.
    private const int ManyGroups = 5;

    private readonly int _bytes = size / dot.BlockSize * state.ElementOf(dot.Load.Attr<MemoryAccess>().View).BlockBytes;
    private Expr[]? _start;
    private Cell? _first;

    /// <summary>Elements that have a byte vector's lanes to themselves; in lanes beyond, they are repeated.</summary>
    public int Filled => Math.Min(size, ByteTree.Lanes);

    /// <summary>64 elements as bytes.</summary>
    public ByteCodes Codes(ByteTree tree, bool isSigned) => new(View, Start, tree, isSigned);

    /// <summary>Asks for what lies as far ahead as this chunk is long.</summary>
    public Prefetch Ahead() => new(View, Start, true, Prefetch.Ahead, _bytes) { Location = state.Location };

    /// <summary>How many neighbouring elements share a value at least.</summary>
    public int Run(Value value) => Math.Max(GroupVector.Run(value, dot.Axis, size), QuantizedRow.Packed);

    /// <summary>A value for up to sixteen runs of elements, lane l that of run l modulo their number, where that pays and is understood.</summary>
    public Expr? Vector(Value value, int run)
    {
        int groups = size / run;
        return groups is >= ManyGroups and <= Lanes.Count && At(value, l => l % groups * run) is { IsVector: true } vector ? Bind(vector) : null;
    }

    /// <summary>A value for one run of elements.</summary>
    public Expr Scalar(Value value, int run, int index) => At(value, _ => index * run) is { IsVector: false } one
        ? one
        : emitter.Emit(value, row, new AxisIndex(at with { Offset = at.Offset + (index * run) }, emitter.Depth)).Scalar();

    /// <summary>The place in a buffer with an element for each so many elements of the row.</summary>
    public Cell Place(int elements) => Index(OpCode.Div, at, Cell.Of(Int(elements)));

    private string View => dot.Load.Attr<MemoryAccess>().View;

    private Expr[] Start =>
        _start ??= [.. dot.Load.Operands.Take(dot.Load.Operands.Length - 1).Select(o => emitter.Emit(o, row, AxisIndex.Zero).Scalar()), First.Scalar()];

    private Cell First => _first ??= Index(
        OpCode.Mul, Index(OpCode.Div, Index(OpCode.Add, state.ScalarCell(dot.Axis.Definition!.Operands[0]), at), Cell.Of(Int(size))), Cell.Of(Int(_bytes)));

    private Expr? At(Value value, Func<int, int> element) =>
        new GroupVector(emitter, dot.Axis, row, size, _bytes, First, [.. Enumerable.Range(0, Lanes.Count).Select(element)]).Of(value);

    private Cell Index(OpCode code, Cell a, Cell b) => Cell.Index(code, a, b, Bind) ?? throw new IrException("a place in a row is no index", state.Location);

    private Expr Bind(Expr expression) => emitter.Bind(expression, null, emitter.Depth);
}

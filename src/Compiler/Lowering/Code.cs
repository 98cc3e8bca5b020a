using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

// The code form: structured statements over scalars, vectors and memory; what remains after tiles have become loops.
//
//   program   = buffers body
//   stmt      = let | assign | for | while | if | shuffle | store view | store local | contract | transpose | quantize rows | contract bytes | round row | prefetch | barrier
//             | load matrices | multiply matrices | copy async | commit copies | wait copies
//   expr      = var | literal | op exprs | load view | load local | broadcast | spread | lanes | permute lanes | dot bytes | packed codes | reduce lanes
//             | dot four | permute bytes | pack pair | is aligned
//             | identifiers of launch and thread
//
// Two dialects share it. The thread form (OpenCL, PTX, ILGPU) has only scalar expressions, and every work-item of a group runs the body; local
// buffers are shared by the group. The vector form (SIMD C#) has expressions of 16 lanes, and one worker runs the body; buffers are its
// scratch memory. 16 lanes are one, two or four hardware vectors: the lane count is part of a reduction's order, so every width gives the same
// bits.

/// <summary>Lanes of every vector expression.</summary>
public static class Lanes
{
    public const int Count = 16;
}

/// <summary>An expression of a compute type, scalar or of <see cref="Lanes.Count"/> lanes.</summary>
public abstract record Expr(DType Type, bool IsVector = false);

/// <summary>Operands, equal when their elements are.</summary>
public readonly struct Exprs(Expr[] items) : IEquatable<Exprs>
{
    private readonly Expr[]? _items = items;

    public int Length => _items?.Length ?? 0;

    public Expr this[int index] => _items![index];

    public static implicit operator Exprs(Expr[] items) => new(items);

    public IEnumerable<Expr> AsEnumerable() => _items ?? [];

    public bool Equals(Exprs other) => AsEnumerable().SequenceEqual(other.AsEnumerable());

    public override bool Equals(object? obj) => obj is Exprs other && Equals(other);

    public override int GetHashCode() => AsEnumerable().Aggregate(17, (hash, item) => (hash * 31) + item.GetHashCode());

    public static bool operator ==(Exprs left, Exprs right) => left.Equals(right);

    public static bool operator !=(Exprs left, Exprs right) => !left.Equals(right);
}

/// <summary>A declared variable.</summary>
public sealed record Var(string Name, DType Type, bool IsVector = false) : Expr(Type, IsVector);

public sealed record Literal(Number Value) : Expr(Value.Type);

/// <summary>
/// An elementwise op of the IR with the IR's attribute; on vectors all operands are vectors, but for shift amounts, which may be scalar.
/// </summary>
public sealed record Apply(OpCode Code, DType Type, bool IsVector, Exprs Operands, object? Attribute = null) : Expr(Type, IsVector);

/// <summary>A scalar in every lane.</summary>
public sealed record Broadcast(Expr Scalar) : Expr(Scalar.Type, true);

/// <summary>Lane l holds <paramref name="First"/> + l (i32).</summary>
public sealed record LaneIndex(Expr First) : Expr(DType.I32, true);

/// <summary>The lanes combined pairwise: l with l + 8, then + 4, + 2, + 1.</summary>
public sealed record ReduceLanes(ReduceKind Kind, Expr Vector) : Expr(Vector.Type);

/// <summary>Lane l holds the sum of the lanes 0 to l, wrapping (integers).</summary>
public sealed record PrefixLanes(Expr Vector) : Expr(Vector.Type, true);

/// <summary>
/// Reads a view at one index per axis (i32). A scalar read takes scalar indices. A vector read with scalar indices takes 16 consecutive
/// elements of the last axis; with any vector index it gathers. <paramref name="Raw"/> says what lies there; <paramref name="ByteOffset"/>
/// that the last index counts bytes (quantized data): 16 consecutive numbers then begin at that byte. <paramref name="Count"/> limits a vector read to its first lanes, the others are zero.
/// Where the guard is false, <paramref name="Other"/> is the result and nothing is read.
/// </summary>
public sealed record LoadView(
    string View, Exprs Indices, RawType Raw, bool ByteOffset, DType Type, bool IsVector, Expr? Count = null, Expr? Guard = null, Expr? Other = null)
    : Expr(Type, IsVector)
{
    /// <summary>
    /// Where not 0, what code before has made sure of: the view is aligned to so many bytes (<see cref="IsAligned"/>), and so is the last index but for the constant added to it (thread form).
    /// </summary>
    public int Alignment { get; init; }
}

/// <summary>
/// Reads a buffer at a scalar index (a vector read takes 16 consecutive elements; buffers are padded for it) or gathers at a vector index;
/// <paramref name="Count"/> limits a vector read to its first lanes, the others are zero.
/// </summary>
public sealed record LoadLocal(LocalBuffer Buffer, Expr Index, bool IsVector, Expr? Count = null) : Expr(Buffer.Type, IsVector);

/// <summary>
/// The widening dot of signed bytes: lane l is Accumulator[l] + a[2l] b[2l] + a[2l + 1] b[2l + 1] over 32 consecutive elements that begin where
/// A and B read. One instruction on x86 (vpmaddwd after a widening load); exact, so the order of the terms does not matter.
/// </summary>
public sealed record MultiplyAddPairs(Expr Accumulator, LoadView A, LoadView B) : Expr(DType.I32, true)
{
    /// <summary>Elements one step takes of each operand.</summary>
    public const int Elements = 2 * Lanes.Count;
}

/// <summary>
/// The dot of bytes, four a lane at a time: lane l is Accumulator[l] (0 without one) plus the sum over s and t &lt; 4 of Codes[s] at 4l + t times signed byte t, from
/// the least, of Other[Index + s]. Codes are bytes of quantized data, their offsets counted from Start (i32, one an axis, the last in bytes); they have no sign and
/// are at most Greatest. The bytes of Other are -127 to 127. Exact.
/// </summary>
public sealed record DotBytes(string View, Exprs Start, ByteTree[] Codes, LocalBuffer Other, Expr Index, Expr? Accumulator, int Greatest) : Expr(DType.I32, true)
{
    /// <summary>
    /// Lines from so many bytes after Start on that are asked for between the products, as by <see cref="Prefetch"/>: one at a time, since a processor drops
    /// requests that come faster than it can take them. Where Further is not 0 each is asked for twice.
    /// </summary>
    public (int Distance, int Further, int Lines) Ahead { get; init; }
}

/// <summary>Codes as in <see cref="DotBytes"/>, as they are: four a lane, the first in the least byte.</summary>
public sealed record PackedCodes(string View, Exprs Start, ByteTree Codes) : Expr(DType.I32, true);

/// <summary>Scalars in equal runs of lanes: lane l holds the scalar l * n / 16 of n, a power of two.</summary>
public sealed record Spread(Exprs Scalars) : Expr(Scalars[0].Type, true);

/// <summary>Extent of a view's axis.</summary>
public sealed record ExtentOf(string View, int Axis) : Expr(DType.I32);

/// <summary>A scalar launch parameter.</summary>
public sealed record Argument(string Name, DType Type) : Expr(Type);

public sealed record ProgramIndex(int Axis) : Expr(DType.I32);

/// <summary>
/// True in the first of the programs with the same second and third index that a worker runs one after the other, in which its scratch stays as it is; it may be true
/// in others too. Evaluated once a program (vector form only).
/// </summary>
public sealed record BeginsRow() : Expr(DType.Bool);

/// <summary>The work-item's index in its group, 0 to the work-group size - 1 (thread form only).</summary>
public sealed record ThreadIndex() : Expr(DType.I32);

/// <summary>Work-items of a group, where that is chosen by the device: at most the kernel's work-group size (thread form only).</summary>
public sealed record GroupSize() : Expr(DType.I32);

/// <summary>
/// Tile storage: group-local memory in the thread form, worker scratch in the vector form. <paramref name="Size"/> is its number of elements, a
/// launch-uniform expression.
/// </summary>
public sealed record LocalBuffer(string Name, DType Type, Expr Size)
{
    /// <summary>The buffer whose memory this one takes, each of a constant size: what is in one is lost when the other is written. Null where it has memory of its own.</summary>
    public string? Over { get; init; }
}

/// <summary>A statement; the location is that of the C# it comes from.</summary>
public abstract record Stmt
{
    public SourceLocation Location { get; init; }
}

/// <summary>Declares a variable. Mutable ones are assigned later.</summary>
public sealed record Let(Var Var, Expr Value, bool Mutable = false) : Stmt;

public sealed record Assign(Var Var, Expr Value) : Stmt;

/// <summary>for (i = From; i &lt; To; i += Step).</summary>
public sealed record For(Var Index, Expr From, Expr To, Expr Step, List<Stmt> Body) : Stmt
{
    /// <summary>
    /// Every lane of a turn stands by itself, so that a target may write a vector's parts as a loop over them.
    /// </summary>
    public bool IsLanewise { get; init; }
}

/// <summary>Runs Head, leaves when the condition is false, runs Body, repeats.</summary>
public sealed record While(List<Stmt> Head, Expr Condition, List<Stmt> Body) : Stmt;

public sealed record If(Expr Condition, List<Stmt> Then, List<Stmt> Else) : Stmt;

/// <summary>Writes a view; indices, count and guard as in <see cref="LoadView"/>. The value is rounded to the view's element.</summary>
public sealed record StoreView(string View, Exprs Indices, Element Element, Expr Value, Expr? Count = null, Expr? Guard = null) : Stmt
{
    /// <summary>
    /// Where the lanes that the guard lets through lie one after another: the variable, the only index, that says where the first does, and moves on by
    /// their number. Null where every lane has its own place.
    /// </summary>
    public Var? Next { get; init; }
}

/// <summary>Writes a buffer element (scalar value) or 16 consecutive ones (vector value).</summary>
public sealed record StoreLocal(LocalBuffer Buffer, Expr Index, Expr Value) : Stmt;

/// <summary>A matrix of floats in memory, the elements of a row one after the other.</summary>
public abstract record Matrix;

/// <summary>Part of a view: [0, 0] lies at <paramref name="Start"/> (i32, one an axis), rows follow each other along <paramref name="RowAxis"/>.</summary>
public sealed record ViewMatrix(string View, Exprs Start, int RowAxis) : Matrix;

/// <summary>A buffer from its element First on, or all of it, with the distance between the beginnings of its rows.</summary>
public sealed record BufferMatrix(LocalBuffer Buffer, Expr RowStride, Expr? First = null) : Matrix;

/// <summary>
/// Target[m, n] = (Accumulates ? Target[m, n] : 0) + sum over k of A[m, k] B[k, n], or B[n, k] where not by columns (vector form only). By
/// columns the products are fused onto the target one k after the other; otherwise into 16 partial sums, k mod 16 each, which are combined
/// as <see cref="ReduceLanes"/> does and then added. Where it streams, what lies after B will be read soon. How rows and columns are blocked is the
/// target's business and never changes a result.
/// </summary>
public sealed record Contract(Matrix A, Matrix B, BufferMatrix Target, Expr M, Expr N, Expr K, bool ByColumns, bool Accumulates, bool Streams = false) : Stmt;

/// <summary>
/// Target[r] = the lanes of the vector at Source[16 r], combined as <see cref="ReduceLanes"/> does; none is NaN unless they are summed (floats; vector form
/// only).
/// </summary>
public sealed record CombineRows(LocalBuffer Source, LocalBuffer Target, Expr Rows, ReduceKind Kind) : Stmt;

/// <summary>Target[c, r] = Source[r, c] (vector form only).</summary>
public sealed record TransposeMatrix(Matrix Source, BufferMatrix Target, Expr Rows, Expr Columns) : Stmt;

/// <summary>
/// Rounds rows of floats, which lie in memory, to eight bits, as <see cref="OpCode.FakeQuantize"/> does, in groups of a multiple of four. A row becomes four codes an element of
/// Codes, the first in the least byte; and for each run of codes, which lies in one group, their scale, and in Sums, if wanted, their sum times -Bias (a
/// buffer of i32) or times the scale (f32), laid out as Scales. What fills a row up to a multiple of 64 floats is zeros (vector form only).
/// </summary>
public sealed record QuantizeRows(
    Matrix Source, Expr Rows, Expr Length, int Group, int Run, BufferMatrix Codes, BufferMatrix Scales, LocalBuffer? Sums, int Bias) : Stmt;

/// <summary>
/// Target[m, n] = (Accumulates ? Target[m, n] : 0) + sum over runs g of (I(g) + Sums[m, g]) * (ScalesB[g, n] * ScalesA[m, g]), fused run by run, with I(g) the
/// exact sum over the run's k of A[m, k] B[k, n]: A of signed bytes four an element of a row, B of unsigned ones, at most Greatest, four an element of a
/// column. Sums (i32), which lie as ScalesA do, may be missing (vector form only).
/// </summary>
public sealed record ContractBytes(
    BufferMatrix A, BufferMatrix ScalesA, LocalBuffer? Sums, BufferMatrix B, BufferMatrix ScalesB, BufferMatrix Target, Expr M, Expr N, Expr Runs, int Run, int Greatest, bool Accumulates)
    : Stmt;

/// <summary>
/// Says that the bytes of a view from a distance after the place of Indices on will be read soon, whether or not they are the view's. No effect but time
/// (vector form only).
/// </summary>
public sealed record Prefetch(string View, Exprs Indices, bool ByteOffset, int Distance, int Bytes) : Stmt
{
    /// <summary>
    /// How far ahead a stream is asked for: two pages, what a core reads during a miss or two. Streams of weights are longer than the pages within
    /// which processors prefetch by themselves.
    /// </summary>
    public const int Ahead = 8192;

    /// <summary>
    /// How far ahead it is asked for where a step of the stream is <see cref="LongStep"/> or more, so that many instructions take the lines of one. Processors
    /// expect each of them to go on by as much as it last did, and so bring lines out of order, which costs a fifth of the bandwidth (measured: even
    /// numbers of lines from 30 to 40 a step). Asked for once far ahead for the first level of the cache and again near, lines come in order.
    /// </summary>
    public const int Near = 4096, Far = 10240;

    /// <summary>Bytes of a step whose lines are asked for twice.</summary>
    public const int LongStep = 1024;

    /// <summary>Bytes that one request brings.</summary>
    public const int Line = 64;

    /// <summary>How much further than the distance they are asked for a first time, for the first level of the cache alone; 0 where once is enough.</summary>
    public int Further { get; init; }

    /// <summary>Where a step of a stream is asked for: the distance of the last request, and how much further the first one is.</summary>
    public static (int Distance, int Further) For(int step) => step < LongStep ? (Ahead, 0) : (Near, Far - Near);
}

/// <summary>Target[i] = Source[i] rounded to eight bits, for Length elements from First on (vector form only).</summary>
public sealed record RoundRow(LocalBuffer Source, LocalBuffer Target, Expr First, Expr Length, Expr Group) : Stmt;

/// <summary>All work-items of the group meet here, and local and global writes before it are seen after it (thread form only).</summary>
public sealed record Barrier : Stmt;

/// <summary>Work-items of consecutive indices that run in step, from a multiple of their number on.</summary>
public static class Warp
{
    public const int Size = 32;
}

/// <summary>
/// Declares a variable: the value that this expression has for the work-item of the same warp whose index differs in the bits of
/// <paramref name="Mask"/>, 1 to 31. All work-items of a warp meet here; no write becomes visible by it (thread form only, of whole warps).
/// </summary>
public sealed record Shuffle(Var Var, Expr Value, int Mask) : Stmt;

/// <summary>A kernel in code form.</summary>
public sealed record Program(Kernel Kernel, IReadOnlyList<LocalBuffer> Buffers, IReadOnlyList<Stmt> Body, IReadOnlyList<Expr> Grid)
{
    /// <summary>Work-items per group (thread form): the kernel's, or fewer where the program asks for <see cref="GroupSize"/>.</summary>
    public int WorkGroup { get; init; } = Kernel.WorkGroup;

    /// <summary>The elements of each piece of memory in turn, by the name of the buffer that it belongs to: as many as the largest buffer that lies there has.</summary>
    public IEnumerable<(string Name, Expr Size)> Memory => Buffers.Where(buffer => buffer.Over is null).Select(buffer => (buffer.Name, Buffers
        .Where(other => other.Over == buffer.Name).Aggregate(buffer.Size, (size, other) => Expressions.Make(OpCode.Max, size, other.Size))));
}

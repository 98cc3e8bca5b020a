using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Something a loop nest must produce. Everything else of a tile program is computed inside the roots that need it.</summary>
internal abstract record Root(SourceLocation Location);

/// <summary>Writes a tile to storage; from its defining op, or (a copy) from where it already is.</summary>
internal sealed record MaterializeRoot(Value Value, TileBuffer Target, bool FromDefinition, SourceLocation Location) : Root(Location);

/// <summary>Writes a tile to a view.</summary>
internal sealed record StoreRoot(Op Op, SourceLocation Location) : Root(Location);

/// <summary>Reduces all elements to a scalar.</summary>
internal sealed record ReduceRoot(Var Result, ReduceKind Kind, Value Operand, SourceLocation Location) : Root(Location);

/// <summary>Reduces along one axis of two into a one-axis tile.</summary>
internal sealed record AxisReduceRoot(TileBuffer Target, ReduceKind Kind, int Axis, Value Operand, SourceLocation Location) : Root(Location);

/// <summary>Index of the greatest or least element of a one-axis tile.</summary>
internal sealed record ArgReduceRoot(Var Result, ReduceKind Kind, Value Operand, SourceLocation Location) : Root(Location);

/// <summary>Inclusive scan of a one-axis tile.</summary>
internal sealed record ScanRoot(TileBuffer Target, ReduceKind Kind, Value Operand, SourceLocation Location) : Root(Location);

/// <summary>
/// Contraction [m, k] x [k, n] into storage, or a scalar when both operands have one axis. A missing axis has extent 1. Columns is true when
/// B's rows are contiguous along n, false when along k (B is a transpose, or has one axis).
/// </summary>
internal sealed record ContractRoot(
    Value A, Value B, Value? Accumulator, TileBuffer? Target, Var? Result, DType Type, Expr M, Expr N, Expr K, bool Columns, SourceLocation Location)
    : Root(Location)
{
    /// <summary>How it runs in integers and what B was rounded to, where that is a statement.</summary>
    public (IntegerDot Dot, QuantizedRow Other)? Integers { get; init; }

    /// <summary>How it runs in integers where the nest rounds too.</summary>
    public IntegerDot? Bytes { get; init; }
}

/// <summary>Roots that share one iteration space, in order. Scans and contractions stand alone.</summary>
internal sealed class Nest(Extent[] shape, Expr[] extents)
{
    public Extent[] Shape { get; } = shape;

    public Expr[] Extents { get; } = extents;

    public List<Root> Roots { get; } = [];
}

/// <summary>Turns nests into statements: over vector lanes on the CPU, over the work-items of a group elsewhere.</summary>
internal interface INestEmitter
{
    /// <summary>Elements a row of tile storage is padded to a multiple of.</summary>
    int RowPadding { get; }

    /// <summary>Elements between the rows of a tile's storage, so that what is written at once lies in different banks.</summary>
    int RowGap(Value tile);

    /// <summary>Whether what a nest over two axes reads of its rows is a scalar to it, which many elements share.</summary>
    bool SharesRows { get; }

    /// <summary>Whether products of float matrices in memory are statements of their own.</summary>
    bool MultipliesMatrices { get; }

    /// <summary>Whether what a mask lets through is stored one after another without the sums of its lanes: see <see cref="PackedStore"/>.</summary>
    bool PacksStores { get; }

    /// <summary>Whether a product of quantized weights and rounded rows runs in integers as planned.</summary>
    bool Takes(IntegerDot plan, Op product);

    /// <summary>Whether a tile that is kept is kept in registers.</summary>
    bool IsInRegisters(Value tile);

    /// <summary>Those registers, or null where it is kept in a buffer.</summary>
    Fragment? RegistersFor(Value tile);

    void Emit(Nest nest, List<Stmt> into);

    /// <summary>Target[r, i] = Source[r, i] rounded to eight bits in groups along the last axis; see <see cref="OpCode.FakeQuantize"/>.</summary>
    void FakeQuantize(TileBuffer source, TileBuffer target, Expr rows, Expr columns, Expr group, List<Stmt> into);

    /// <summary>A statement over scalars that every worker runs alike.</summary>
    void Uniform(Stmt statement, List<Stmt> into);

    /// <summary>Control flow begins or ends here: earlier memory traffic must be complete.</summary>
    void Boundary(List<Stmt> into);

    /// <summary>The last statement is a loop, in another.</summary>
    void AfterInnerLoop(List<Stmt> into);
}

namespace KernelFoundry;

/// <summary>
/// A block of values in the kernel language: immutable, with one axis [n] or two [n0, n1]. Compiled kernels hold tiles in registers and
/// scratch memory; this managed form is what the reference device computes with.
/// </summary>
/// <typeparam name="T">float, int, uint, bool or sbyte.</typeparam>
public sealed partial class Tile<T>
    where T : unmanaged
{
    private readonly T[] data;

    static Tile() => TileElement.Require<T>();

    internal Tile(T[] data, int rank, int extent0, int extent1)
    {
        this.data = data;
        Rank = rank;
        Extent0 = extent0;
        Extent1 = extent1;
    }

    /// <summary>Number of axes, 1 or 2; 0 only for scalars inside broadcasting.</summary>
    public int Rank { get; }

    /// <summary>Extent of the first axis.</summary>
    public int Extent0 { get; }

    /// <summary>Extent of the second axis; 1 for a tile of one axis.</summary>
    public int Extent1 { get; }

    /// <summary>Number of values.</summary>
    public int Count => data.Length;

    /// <summary>The values in row-major order.</summary>
    public ReadOnlySpan<T> Values => data;

    /// <summary>Value i of a tile of one axis.</summary>
    /// <param name="i">Index along the axis.</param>
    public T this[int i] => Rank == 1
        ? data[i]
        : throw new KernelExecutionException($"One index was given for a tile of shape {ShapeText}; it has {Rank} axes.");

    /// <summary>Value (i, j) of a tile of two axes.</summary>
    /// <param name="i">Index along the first axis.</param>
    /// <param name="j">Index along the second axis.</param>
    public T this[int i, int j] => Rank == 2 && (uint)j < (uint)Extent1
        ? data[(i * Extent1) + j]
        : throw new KernelExecutionException($"Indices ({i}, {j}) are outside a tile of shape {ShapeText}.");

    internal T[] Data => data;

    internal string ShapeText => Rank switch
    {
        0 => "[]",
        1 => $"[{Extent0}]",
        _ => $"[{Extent0}, {Extent1}]",
    };

    /// <summary>Copies the values, row-major.</summary>
    /// <returns>A new array of <see cref="Count"/> values.</returns>
    public T[] ToArray() => [.. data];

    /// <summary>Element type, shape and the first values: what a debugger shows.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        string values = string.Join(", ", data.Take(16));
        return $"{typeof(T).Name}{ShapeText} {{ {values}{(data.Length > 16 ? ", ..." : "")} }}";
    }

    /// <summary>Reference equality; <c>==</c> compares element by element and gives a tile.</summary>
    /// <param name="obj">The other object.</param>
    /// <returns>Whether it is this very tile.</returns>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Consistent with <see cref="Equals(object?)"/>.</summary>
    /// <returns>The hash code.</returns>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    internal static Tile<T> Scalar(T value) => new([value], 0, 1, 1);

    internal Tile<T> WithShape(int rank, int extent0, int extent1) => new(data, rank, extent0, extent1);

    internal ReadOnlySpan<T> Row(int i) => data.AsSpan(i * Extent1, Extent1);
}

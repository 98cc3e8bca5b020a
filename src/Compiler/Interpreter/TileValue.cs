using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>The value of an SSA value: a scalar (no extents) or a tile in row-major order.</summary>
internal sealed class TileValue(int[] extents, Number[] elements)
{
    public int[] Extents { get; } = extents;

    public Number[] Elements { get; } = elements;

    public int Rank => Extents.Length;

    public Number Scalar => Elements[0];

    /// <summary>Extent of the last axis; 1 for a scalar.</summary>
    public int Columns => Rank == 0 ? 1 : Extents[Rank - 1];

    /// <summary>Extent of the axis before; 1 for a tile of one axis.</summary>
    public int Rows => Rank < 2 ? 1 : Extents[0];

    public static TileValue Of(Number scalar) => new([], [scalar]);

    /// <summary>An element by row and column, where an axis of extent 1 repeats.</summary>
    public Number At(int row, int column)
    {
        int columns = Columns;
        return Elements[((Rows == 1 ? 0 : row) * columns) + (columns == 1 ? 0 : column)];
    }

    /// <summary>A tile made element by element.</summary>
    public static TileValue Make(int[] extents, Func<int, int, Number> element)
    {
        int rows = extents.Length < 2 ? 1 : extents[0], columns = extents.Length == 0 ? 1 : extents[extents.Length - 1];
        var elements = new Number[rows * columns];
        for (int row = 0, at = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                elements[at++] = element(row, column);
        }

        return new TileValue(extents, elements);
    }
}

using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// A tile in the registers of a group's warps, laid out as the sums of <see cref="MultiplyMatrices"/>: warp w has rows 16w to 16w + 15, lane 4g + t of it rows g and g + 8, and of them
/// columns 8n + 2t and 8n + 2t + 1 for every n. A tile of one axis, or of one column, is in every lane of its rows.
/// </summary>
internal sealed class Fragment(Var[] elements, bool hasColumns, IReadOnlyDictionary<string, int> places)
{
    /// <summary>Rows that the lanes of a warp share.</summary>
    public const int Rows = 16;

    // Between a lane's two rows, and between its pairs of columns.
    private const int Apart = 8;

    /// <summary>The work-item's elements: a pair of columns after the other, of each two of the first row and two of the second; one a row if there are no columns.</summary>
    public Var[] Elements { get; } = elements;

    public bool HasColumns { get; } = hasColumns;

    /// <summary>Whether code that comes before has declared the registers.</summary>
    public bool IsDeclared { get; set; }

    /// <summary>The register of an element that a nest over fragments has the place of.</summary>
    public Var At(AxisIndex[] at)
    {
        int row = Place(at[0]) / Apart;
        if (!HasColumns)
            return Elements[row];
        int column = Place(at[1]);
        return Elements[Index(column / Apart, row, column % Apart)];
    }

    /// <summary>Which of the elements is that of a pair of columns, of one of the two rows, and of one of the two columns.</summary>
    public static int Index(int pair, int row, int column) => (4 * pair) + (2 * row) + column;

    private int Place(AxisIndex index) => index.Cell.Base is Var variable && places.TryGetValue(variable.Name, out int first)
        ? first + index.Cell.Offset
        : throw new IrException("an element of a tile in registers is read where another work-item has it");
}

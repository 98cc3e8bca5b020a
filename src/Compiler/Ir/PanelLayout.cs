namespace KernelFoundry.Compiler.Ir;

/// <summary>
/// How rows of quantized blocks lie in panels: sixteen rows together, block by block. Of each block the leading bytes come first, those of all rows one after the
/// other; then four bytes of each row, the next four of each, and so on; then what is left, fewer than four. So a vector of bytes holds the same four
/// elements of sixteen rows. Rows that are missing from the last panel are zeros.
/// </summary>
public static class PanelLayout
{
    /// <summary>Rows of a panel.</summary>
    public const int Rows = 16;

    /// <summary>Bytes of a row that stay together.</summary>
    public const int Unit = 4;

    /// <summary>The part of a block a byte lies in: 0 for the leading bytes, 1 for groups of four, 2 for what is left.</summary>
    /// <param name="format">The format.</param>
    /// <param name="offset">The byte's offset in a block.</param>
    public static int PartOf(QuantFormat format, int offset) => offset < format.LeadingBytes ? 0 : offset < format.BlockBytes - Rest(format) ? 1 : 2;

    /// <summary>Whether bytes of a block that follow each other do so in a panel.</summary>
    /// <param name="format">The format.</param>
    /// <param name="offset">The first one's offset in a block.</param>
    /// <param name="count">Their number.</param>
    public static bool IsTogether(QuantFormat format, int offset, int count)
    {
        int last = offset + count - 1, part = PartOf(format, offset);
        return part == PartOf(format, last) && (part != 1 || (offset - format.LeadingBytes) / Unit == (last - format.LeadingBytes) / Unit);
    }

    /// <summary>How many bytes are left when a block is taken four by four.</summary>
    /// <param name="format">The format.</param>
    public static int Rest(QuantFormat format) => (format.BlockBytes - format.LeadingBytes) % Unit;
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// How rows of quantized elements lie in panels, which is what a matrix of weights is multiplied from on processors with vectors: sixteen rows together, block by
/// block. Of a block the <see cref="IQuantFormat.LeadingBytes"/> of all rows come first, row after row; then four bytes of each row, the next four of each, and so on;
/// then what is left, fewer than four. A vector of bytes so holds the same four elements of sixteen rows, and the whole panel is one stream. Rows that are missing
/// from the last panel are zeros.
/// </summary>
public static class Panels
{
    /// <summary>Bytes that a matrix in panels begins at a multiple of: devices read that many at once.</summary>
    public const int Alignment = 16;

    /// <summary>Rows of a panel.</summary>
    public const int Rows = 16;

    private const int Unit = 4;

    /// <summary>Bytes of a matrix in panels.</summary>
    /// <typeparam name="T">Its quantization format.</typeparam>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns; a multiple of the block size.</param>
    /// <returns>Bytes.</returns>
    public static long Bytes<T>(int rows, int columns)
        where T : unmanaged => (rows + (long)Rows - 1) / Rows * PanelBytes<T>(columns);

    /// <summary>Bytes of one panel.</summary>
    /// <typeparam name="T">The quantization format.</typeparam>
    /// <param name="columns">Columns; a multiple of the block size.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="ArgumentException">The element type is no quantization format, columns are no whole blocks, or too many.</exception>
    public static long PanelBytes<T>(int columns)
        where T : unmanaged
    {
        if (!Element<T>.IsQuantized)
            throw new ArgumentException($"Panels hold rows of a quantization format, not of {Element<T>.Name}.");
        if (columns < 0 || columns % Element<T>.BlockSize != 0)
            throw new ArgumentException($"{columns} columns are no whole blocks of {Element<T>.Name}, which have {Element<T>.BlockSize} elements.");
        long bytes = Rows * Element<T>.Bytes(columns);
        return bytes <= Array.MaxLength
            ? bytes
            : throw new ArgumentException($"{columns} columns of {Element<T>.Name} make panels of {bytes} bytes; at most {Array.MaxLength} are supported.");
    }

    /// <summary>Packs one panel.</summary>
    /// <typeparam name="T">The quantization format.</typeparam>
    /// <param name="rows">Up to sixteen rows, one after the other.</param>
    /// <param name="columns">Columns; a multiple of the block size.</param>
    /// <param name="panel">Receives the panel, <see cref="PanelBytes"/> of them.</param>
    /// <exception cref="ArgumentException">The spans have other lengths.</exception>
    public static void Pack<T>(ReadOnlySpan<byte> rows, int columns, Span<byte> panel)
        where T : unmanaged
    {
        long length = PanelBytes<T>(columns) / Rows;
        if (panel.Length != length * Rows || rows.Length > panel.Length || (length > 0 && rows.Length % length != 0))
            throw new ArgumentException($"{rows.Length} bytes are no rows of {length} bytes that fill a panel of {panel.Length}.");
        if (length == 0)
            return;
        int count = rows.Length / (int)length;
        if (count < Rows)
            panel.Clear();
        int block = Element<T>.BlockBytes, leading = Element<T>.Codec.LeadingBytes;
        for (int row = 0; row < count; row++)
            PackRow(rows.Slice(row * (int)length, (int)length), panel, row, block, leading);
    }

    /// <summary>Where a byte of a row's block lies in the panel's block.</summary>
    internal static int Offset(int block, int leading, int row, int offset)
    {
        int start = offset < leading ? 0 : leading + ((offset - leading) / Unit * Unit);
        int size = offset < leading ? leading : Math.Min(Unit, block - start);
        return (start * Rows) + (row * size) + offset - start;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRow(ReadOnlySpan<byte> source, Span<byte> panel, int row, int block, int leading)
    {
        int whole = leading + ((block - leading) / Unit * Unit);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(panel);
        for (int at = 0; at < source.Length; at += block)
        {
            ref byte target = ref Unsafe.Add(ref to, at * Rows);
            for (int i = 0; i < leading; i++)
                Unsafe.Add(ref target, (row * leading) + i) = Unsafe.Add(ref from, at + i);
            for (int i = leading; i < whole; i += Unit)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, (i * Rows) + (row * Unit)), Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref from, at + i)));
            for (int i = whole; i < block; i++)
                Unsafe.Add(ref target, Offset(block, leading, row, i)) = Unsafe.Add(ref from, at + i);
        }
    }
}

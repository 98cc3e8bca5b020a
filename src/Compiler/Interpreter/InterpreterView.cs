using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>A named view of a buffer: the memory behind one view parameter.</summary>
public sealed class InterpreterView
{
    /// <summary>Describes a view.</summary>
    /// <param name="name">The parameter's name.</param>
    /// <param name="element">How elements are stored.</param>
    /// <param name="buffer">The memory; views may share it.</param>
    /// <param name="offset">Bytes before element 0.</param>
    /// <param name="extents">Elements along each axis, one to four.</param>
    /// <param name="strides">Elements between neighbours along each axis but the last; null where rows follow each other.</param>
    /// <param name="format">The block layout of quantized elements, where the element does not say it.</param>
    /// <param name="isPanels">Whether rows lie in panels, to which the first axis's indices and strides then refer.</param>
    /// <exception cref="ArgumentException">The view does not fit its buffer.</exception>
    public InterpreterView(
        string name, Element element, byte[] buffer, long offset, int[] extents, long[]? strides = null, QuantFormat? format = null, bool isPanels = false)
    {
        Name = name;
        Element = element;
        Buffer = buffer;
        Offset = offset;
        Extents = extents;
        RowsTogether = isPanels ? PanelLayout.Rows : 1;
        (BlockSize, BlockBytes) = element.Kind != ElementKind.Quantized ? (1, element.Bytes)
            : format is null ? (element.BlockSize, element.BlockBytes) : (format.BlockSize, format.BlockBytes);
        if (BlockSize <= 0 || BlockBytes <= 0)
            throw new ArgumentException($"view {name} of {element.Name} needs its format", nameof(format));
        if (extents.Length is < 1 or > 4 || extents.Any(e => e < 0))
            throw new ArgumentException($"view {name} has the extents [{string.Join(", ", extents)}]", nameof(extents));
        Strides = strides ?? RowMajor(extents);
        if (Strides.Length != extents.Length - 1 || Strides.Any(s => s < 0 || s % BlockSize != 0))
            throw new ArgumentException($"view {name} has the strides [{string.Join(", ", Strides)}]", nameof(strides));
        long last = extents.Any(e => e == 0) ? 0 : RowStart(extents.Take(extents.Length - 1).Select(e => (e - 1) / RowsTogether).ToArray()) + RowBytes;
        if (offset < 0 || offset > buffer.Length || last > buffer.Length)
            throw new ArgumentException($"view {name} ends at byte {last} of a buffer of {buffer.Length}", nameof(buffer));
    }

    public string Name { get; }

    public Element Element { get; }

    public byte[] Buffer { get; }

    public long Offset { get; }

    public int[] Extents { get; }

    public long[] Strides { get; }

    public int BlockSize { get; }

    public int BlockBytes { get; }

    /// <summary>Nothing has written this memory yet: reading an element before the kernel writes it is a fault.</summary>
    public bool Uninitialized { get; init; }

    /// <summary>Whether rows begin at multiples of so many bytes, memory at one of 16 at least.</summary>
    internal bool IsAligned(int bytes) => Offset % bytes == 0 && Strides.All(stride => stride * Element.Bytes % bytes == 0);

    /// <summary>Rows that lie together: a panel's, or one.</summary>
    public int RowsTogether { get; }

    /// <summary>Bytes of one row along the last axis, or of one panel.</summary>
    public long RowBytes => RowsTogether * (((long)Extents[Extents.Length - 1] + BlockSize - 1) / BlockSize * BlockBytes);

    /// <summary>The byte address of the row at the given leading indices.</summary>
    internal long RowStart(int[] indices)
    {
        long elements = 0;
        for (int axis = 0; axis < Strides.Length; axis++)
            elements += indices[axis] * Strides[axis];
        return Offset + (elements / BlockSize * BlockBytes);
    }

    private long[] RowMajor(int[] extents)
    {
        var strides = new long[extents.Length - 1];
        long row = ((long)extents[extents.Length - 1] + BlockSize - 1) / BlockSize * BlockSize * RowsTogether;
        for (int axis = strides.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = row;
            row *= extents[axis];
        }

        return strides;
    }
}

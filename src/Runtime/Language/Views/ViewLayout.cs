namespace KernelFoundry;

/// <summary>Making views of views, and checking that a view fits its memory.</summary>
internal static class ViewLayout
{
    /// <summary>A contiguous view from a byte offset.</summary>
    public static ViewData Contiguous<T>(DeviceMemory memory, long byteOffset, ReadOnlySpan<int> extents)
        where T : unmanaged
    {
        Span<long> strides = stackalloc long[3];
        long stride = 1;
        for (int axis = extents.Length - 1; axis > 0; axis--)
        {
            stride *= extents[axis];
            strides[axis - 1] = stride;
        }

        return Strided<T>(memory, byteOffset, extents, strides[..(extents.Length - 1)]);
    }

    /// <summary>A view from a byte offset, extents and the strides (in elements) of all axes but the last.</summary>
    public static ViewData Strided<T>(DeviceMemory memory, long byteOffset, ReadOnlySpan<int> extents, ReadOnlySpan<long> strides)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(memory);
        int block = Element<T>.BlockSize;
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);

        bool empty = false;
        foreach (int extent in extents)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(extents));
            empty |= extent == 0;
        }

        if (extents[^1] % block != 0)
            throw new ArgumentException($"{NameOf<T>(extents)}: the last extent must be a multiple of the format's {block} elements per block.");

        long last = extents[^1];
        for (int axis = 0; axis < strides.Length; axis++)
        {
            if (strides[axis] < 0 || strides[axis] % block != 0)
                throw new ArgumentException($"{NameOf<T>(extents)}: stride {strides[axis]} of axis {axis} must be a non-negative multiple of {block} elements.");
            last = checked(last + (strides[axis] * (extents[axis] - 1L)));
        }

        long needed = empty ? 0 : checked(byteOffset + Element<T>.Bytes(last));
        if (needed > memory.ByteLength)
            throw new ArgumentException($"{NameOf<T>(extents)} at byte {byteOffset} needs {needed} bytes, but its memory has {memory.ByteLength}.");
        return new ViewData(memory, byteOffset, extents, strides);
    }

    /// <summary>The part of a view with indices start to start + length - 1 along one axis.</summary>
    public static ViewData Slice<T>(in ViewData view, int axis, int start, int length)
        where T : unmanaged
    {
        RequireAxis(view, axis);
        int extent = view.Extents[axis];
        if (start < 0 || length < 0 || start > extent - length)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"Slice({start}, {length}) along axis {axis} is outside a view of shape "
                + $"{view.ShapeText}.");
        }

        int block = Element<T>.BlockSize;
        if (axis == view.Rank - 1 && (start % block != 0 || length % block != 0))
        {
            throw new ArgumentException($"Slice({start}, {length}) along the last axis must start and end on the format's blocks of {block} "
                + "elements.");
        }

        ViewData.AxisInts extents = view.Extents;
        extents[axis] = length;
        long offset = view.ByteOffset + Element<T>.Bytes(start * view.Stride(axis));
        return new ViewData(view.Memory, offset, extents[..view.Rank], view.Strides[..(view.Rank - 1)]);
    }

    /// <summary>The part of a view at one index of its first axis: one axis fewer.</summary>
    public static ViewData Row<T>(in ViewData view, int index)
        where T : unmanaged
    {
        if ((uint)index >= (uint)view.Extents[0])
            throw new ArgumentOutOfRangeException(nameof(index), $"Row {index} is outside a view of shape {view.ShapeText}.");
        long offset = view.ByteOffset + Element<T>.Bytes(index * view.Stride(0));
        return new ViewData(view.Memory, offset, view.Extents[1..view.Rank], view.Strides[1..(view.Rank - 1)]);
    }

    /// <summary>The same elements under other extents.</summary>
    public static ViewData Reshape<T>(in ViewData view, ReadOnlySpan<int> extents)
        where T : unmanaged
    {
        long count = 1;
        foreach (int extent in extents)
            count = checked(count * extent);
        if (count != view.Count)
            throw new ArgumentException($"A view of shape {view.ShapeText} has {view.Count} elements and cannot become {Text(extents)}.");
        if (!view.IsContiguous)
            throw new ArgumentException($"A view of shape {view.ShapeText} that is not contiguous cannot become {Text(extents)}: copy it first.");
        return view.Memory is null
            ? new ViewData(null, 0, extents, stackalloc long[extents.Length - 1])
            : Contiguous<T>(view.Memory, view.ByteOffset, extents);
    }

    /// <summary>The same bytes as elements of another type.</summary>
    public static ViewData Reinterpret<T, TOther>(in ViewData view)
        where T : unmanaged
        where TOther : unmanaged
    {
        ViewData.AxisInts extents = view.Extents;
        Span<long> strides = stackalloc long[view.Rank - 1];
        extents[view.Rank - 1] = checked((int)Elements(view, view.Extents[view.Rank - 1]));
        for (int axis = 0; axis < strides.Length; axis++)
            strides[axis] = Elements(view, view.Stride(axis));
        return new ViewData(view.Memory, view.ByteOffset, extents[..view.Rank], strides);

        static long Elements(in ViewData view, long elements)
        {
            (long blocks, long rest) = Math.DivRem(Element<T>.Bytes(elements), Element<TOther>.BlockBytes);
            return rest == 0
                ? blocks * Element<TOther>.BlockSize
                : throw new ArgumentException($"A View{view.Rank}<{Element<T>.Name}> of shape {view.ShapeText} has rows of "
                    + $"{Element<T>.Bytes(elements)} bytes, which are no whole number of {Element<TOther>.Name}.");
        }
    }

    private static string NameOf<T>(ReadOnlySpan<int> extents)
        where T : unmanaged => $"View{extents.Length}<{Element<T>.Name}>{Text(extents)}";

    private static string Text(ReadOnlySpan<int> extents) => $"[{string.Join(", ", extents.ToArray())}]";

    private static void RequireAxis(in ViewData view, int axis)
    {
        if ((uint)axis >= (uint)view.Rank)
            throw new ArgumentOutOfRangeException(nameof(axis), $"A view of shape {view.ShapeText} has no axis {axis}.");
    }
}

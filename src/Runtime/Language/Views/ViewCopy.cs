using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Copies between views and the host, row by row where a view is not contiguous.</summary>
internal static class ViewCopy
{
    public static void From<T>(in ViewData view, ReadOnlySpan<T> source)
        where T : unmanaged
    {
        RequirePlain<T>();
        if (source.Length != view.Count)
            throw new ArgumentException($"A view of shape {view.ShapeText} takes {view.Count} values, but got {source.Length}.", nameof(source));
        FromBytes<T>(view, MemoryMarshal.AsBytes(source));
    }

    public static void To<T>(in ViewData view, Span<T> destination)
        where T : unmanaged
    {
        RequirePlain<T>();
        if (destination.Length != view.Count)
        {
            throw new ArgumentException($"A view of shape {view.ShapeText} gives {view.Count} values, but the destination has {destination.Length}.", nameof(destination));
        }

        ToBytes<T>(view, MemoryMarshal.AsBytes(destination));
    }

    public static void FromBytes<T>(in ViewData view, ReadOnlySpan<byte> source)
        where T : unmanaged
    {
        RequireLength<T>(view, source.Length);
        int rowBytes = RowBytes<T>(view);
        for (int at = 0, row = 0; at < source.Length; at += rowBytes, row++)
            view.Memory!.Write(RowOffset<T>(view, row), source.Slice(at, rowBytes));
    }

    public static void ToBytes<T>(in ViewData view, Span<byte> destination)
        where T : unmanaged
    {
        RequireLength<T>(view, destination.Length);
        int rowBytes = RowBytes<T>(view);
        for (int at = 0, row = 0; at < destination.Length; at += rowBytes, row++)
            view.Memory!.Read(RowOffset<T>(view, row), destination.Slice(at, rowBytes));
    }

    /// <summary>Bytes copied at once: everything if contiguous, else one run along the last axis.</summary>
    private static int RowBytes<T>(in ViewData view)
        where T : unmanaged => checked((int)Element<T>.Bytes(view.IsContiguous ? view.Count : view.Extents[view.Rank - 1]));

    private static long RowOffset<T>(in ViewData view, int row)
        where T : unmanaged
    {
        long element = 0;
        for (int axis = view.Rank - 2; axis >= 0 && row > 0; axis--)
        {
            (row, int index) = Math.DivRem(row, view.Extents[axis]);
            element += index * view.Stride(axis);
        }

        return view.ByteOffset + Element<T>.Bytes(element);
    }

    private static void RequirePlain<T>()
        where T : unmanaged
    {
        if (Element<T>.IsQuantized)
            throw new NotSupportedException($"Elements of {Element<T>.Name} have no values of their own: use CopyBytesFrom and CopyBytesTo.");
    }

    private static void RequireLength<T>(in ViewData view, int bytes)
        where T : unmanaged
    {
        long needed = Element<T>.Bytes(view.Count);
        if (bytes != needed)
            throw new ArgumentException($"A view of {Element<T>.Name} with shape {view.ShapeText} has {needed} bytes, but got {bytes}.");
    }
}

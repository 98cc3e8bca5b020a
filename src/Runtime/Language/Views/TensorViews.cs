using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Views as the tensors of System.Numerics.Tensors and back, in place.</summary>
internal static unsafe class TensorViews
{
    public static TensorSpan<T> ToTensorSpan<T>(scoped in ViewData view)
        where T : unmanaged
    {
        RequirePlain<T>();
        Span<nint> lengths = stackalloc nint[view.Rank];
        Span<nint> strides = stackalloc nint[view.Rank];
        nint last = view.Count == 0 ? 0 : 1;
        for (int axis = 0; axis < view.Rank; axis++)
        {
            lengths[axis] = view.Extents[axis];

            // System.Numerics.Tensors wants stride 0 along axes of extent 1.
            strides[axis] = view.Extents[axis] == 1 ? 0 : (nint)view.Stride(axis);
            last += (lengths[axis] - 1) * strides[axis];
        }

        if (view.Count == 0)
            return new TensorSpan<T>(Array.Empty<T>(), lengths);
        return new TensorSpan<T>((T*)Address(view), last, lengths, strides);
    }

    public static Span<T> ToSpan<T>(scoped in ViewData view)
        where T : unmanaged
    {
        RequirePlain<T>();
        if (!view.IsContiguous)
            throw new InvalidOperationException($"A view of shape {view.ShapeText} that is not contiguous is no single span: use AsTensorSpan.");
        return view.Count == 0 ? [] : new Span<T>(Address(view), checked((int)view.Count));
    }

    /// <summary>A view of a tensor at an address that the caller keeps fixed for the life of the memory.</summary>
    public static ViewData FromTensor<T>(DeviceMemory memory, ReadOnlySpan<nint> lengths, ReadOnlySpan<nint> strides, int rank)
        where T : unmanaged
    {
        RequireRank(lengths.Length, rank);
        Span<int> extents = stackalloc int[rank];
        Span<long> leading = stackalloc long[rank - 1];
        for (int axis = 0; axis < rank; axis++)
        {
            extents[axis] = checked((int)lengths[axis]);
            if (axis < rank - 1)
                leading[axis] = strides[axis];
            else if (strides[axis] != 1 && lengths[axis] > 1)
                throw new ArgumentException($"A tensor with stride {strides[axis]} along its last axis is no view: the last axis must be contiguous.");
        }

        return ViewLayout.Strided<T>(memory, 0, extents, leading);
    }

    /// <summary>Bytes from a tensor's first element to the end of its last.</summary>
    public static long ByteLength<T>(ReadOnlySpan<nint> lengths, ReadOnlySpan<nint> strides)
        where T : unmanaged
    {
        long last = 1;
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            if (lengths[axis] == 0)
                return 0;
            last += (lengths[axis] - 1) * strides[axis];
        }

        return last * sizeof(T);
    }

    public static void RequirePlain<T>()
        where T : unmanaged
    {
        if (Element<T>.IsQuantized)
            throw new NotSupportedException($"Elements of {Element<T>.Name} are no tensor elements: they are stored in blocks.");
    }

    private static void RequireRank(int actual, int expected)
    {
        if (actual != expected)
            throw new ArgumentException($"A tensor of {actual} axes is no View{expected}.");
    }

    private static byte* Address(scoped in ViewData view) => view.Memory!.RequireAddress() + view.ByteOffset;
}

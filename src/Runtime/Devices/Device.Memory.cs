using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <content>Memory and views.</content>
public abstract partial class Device
{
    /// <summary>Allocates zeroed memory, aligned to 64 bytes.</summary>
    /// <param name="byteLength">Number of bytes; 0 is allowed.</param>
    /// <returns>The memory.</returns>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public DeviceMemory AllocateBytes(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return AllocateCore(byteLength);
    }

    /// <summary>Allocates a zeroed view. Its <see cref="View1{T}.Memory"/> is what to dispose of.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The view.</returns>
    public View1<T> Allocate<T>(int extent0)
        where T : unmanaged => new(AllocateFor<T>([extent0]), 0, extent0);

    /// <summary>Allocates a zeroed view. Its <see cref="View2{T}.Memory"/> is what to dispose of.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The view.</returns>
    public View2<T> Allocate<T>(int extent0, int extent1)
        where T : unmanaged => new(AllocateFor<T>([extent0, extent1]), 0, extent0, extent1);

    /// <summary>Allocates a zeroed view. Its <see cref="View3{T}.Memory"/> is what to dispose of.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <param name="extent2">Elements along axis 2.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The view.</returns>
    public View3<T> Allocate<T>(int extent0, int extent1, int extent2)
        where T : unmanaged => new(AllocateFor<T>([extent0, extent1, extent2]), 0, extent0, extent1, extent2);

    /// <summary>Allocates a zeroed view. Its <see cref="View4{T}.Memory"/> is what to dispose of.</summary>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <param name="extent2">Elements along axis 2.</param>
    /// <param name="extent3">Elements along axis 3.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>The view.</returns>
    public View4<T> Allocate<T>(int extent0, int extent1, int extent2, int extent3)
        where T : unmanaged => new(AllocateFor<T>([extent0, extent1, extent2, extent3]), 0, extent0, extent1, extent2, extent3);

    /// <summary>Allocates a view and copies values into it.</summary>
    /// <param name="values">The values.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <returns>The view, [values.Length].</returns>
    public View1<T> Upload<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        View1<T> view = Allocate<T>(values.Length);
        view.CopyFrom(values);
        return view;
    }

    /// <summary>Allocates a view and copies values into it.</summary>
    /// <param name="values">The values, row-major.</param>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <returns>The view.</returns>
    public View2<T> Upload<T>(ReadOnlySpan<T> values, int extent0, int extent1)
        where T : unmanaged
    {
        View2<T> view = Allocate<T>(extent0, extent1);
        view.CopyFrom(values);
        return view;
    }

    /// <summary>Allocates a view and copies values into it.</summary>
    /// <param name="values">The values, row-major.</param>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <param name="extent2">Elements along axis 2.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <returns>The view.</returns>
    public View3<T> Upload<T>(ReadOnlySpan<T> values, int extent0, int extent1, int extent2)
        where T : unmanaged
    {
        View3<T> view = Allocate<T>(extent0, extent1, extent2);
        view.CopyFrom(values);
        return view;
    }

    /// <summary>Allocates a view and copies values into it.</summary>
    /// <param name="values">The values, row-major.</param>
    /// <param name="extent0">Elements along axis 0.</param>
    /// <param name="extent1">Elements along axis 1.</param>
    /// <param name="extent2">Elements along axis 2.</param>
    /// <param name="extent3">Elements along axis 3.</param>
    /// <typeparam name="T">The element type; not quantized.</typeparam>
    /// <returns>The view.</returns>
    public View4<T> Upload<T>(ReadOnlySpan<T> values, int extent0, int extent1, int extent2, int extent3)
        where T : unmanaged
    {
        View4<T> view = Allocate<T>(extent0, extent1, extent2, extent3);
        view.CopyFrom(values);
        return view;
    }

    /// <summary>
    /// Memory with the contents of a run of host memory, such as a mapped file: the very same bytes where the device shares the host's memory,
    /// a copy elsewhere.
    /// </summary>
    /// <param name="address">The first byte. It must stay valid until the memory, or <paramref name="owner"/>, is disposed of.</param>
    /// <param name="byteLength">Number of bytes.</param>
    /// <param name="owner">Disposed of with the memory, or at once if the bytes were copied; may be null.</param>
    /// <returns>The memory.</returns>
    public unsafe DeviceMemory Wrap(void* address, long byteLength, IDisposable? owner = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (TryWrap((byte*)address, byteLength, owner) is { } wrapped)
            return wrapped;

        const int Step = 1 << 30;
        DeviceMemory copy = AllocateCore(byteLength);
        for (long at = 0; at < byteLength; at += Step)
            copy.Write(at, new ReadOnlySpan<byte>((byte*)address + at, (int)Math.Min(Step, byteLength - at)));
        owner?.Dispose();
        return copy;
    }

    /// <summary>The elements of an array or other managed memory as device memory, pinned until it is disposed of. Nothing is copied.</summary>
    /// <param name="values">The elements.</param>
    /// <typeparam name="T">The element type.</typeparam>
    /// <returns>
    /// Memory whose contents are the elements. What a launch wrote is in them when the launch has ended: after <see cref="Synchronize"/>, or a read of
    /// the memory.
    /// </returns>
    /// <exception cref="NotSupportedException">The device does not share the host's memory.</exception>
    public unsafe DeviceMemory Pin<T>(Memory<T> values)
        where T : unmanaged
    {
        RequireSharedMemory(nameof(Pin));
        System.Buffers.MemoryHandle pin = values.Pin();
        return Borrow((byte*)pin.Pointer, MemoryMarshal.AsBytes(values.Span).Length, pin);
    }

    /// <inheritdoc cref="Pin{T}(Memory{T})"/>
    public DeviceMemory Pin<T>(T[] values)
        where T : unmanaged => Pin(values.AsMemory());

    internal void RequireSharedMemory(string operation)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (!BorrowsHostMemory)
            throw new NotSupportedException($"{operation}: device '{Name}' has memory of its own. Allocate there and copy with CopyFrom and CopyTo.");
    }

    /// <summary>Whether memory of the host's can be the device's as it is, without either being told when the other has changed it.</summary>
    private protected virtual bool BorrowsHostMemory => SharesHostMemory;

    private protected abstract DeviceMemory AllocateCore(long byteLength);

    /// <summary>A run of host memory as the device's own. Only called where <see cref="BorrowsHostMemory"/>.</summary>
    internal virtual unsafe DeviceMemory Borrow(byte* address, long byteLength, IDisposable? owner) =>
        new BorrowedHostMemory(this, address, byteLength, owner);

    /// <summary>A run of host memory that is read in place; null where it has to be copied.</summary>
    private protected virtual unsafe DeviceMemory? TryWrap(byte* address, long byteLength, IDisposable? owner) =>
        BorrowsHostMemory ? Borrow(address, byteLength, owner) : null;

    private DeviceMemory AllocateFor<T>(ReadOnlySpan<int> extents)
        where T : unmanaged
    {
        long elements = 1;
        foreach (int extent in extents)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(extents));
            elements = checked(elements * extent);
        }

        if (extents[^1] % Element<T>.BlockSize != 0)
        {
            throw new ArgumentException($"A view of {Element<T>.Name} with shape [{string.Join(", ", extents.ToArray())}]: the last extent must be a "
                + $"multiple of the format's {Element<T>.BlockSize} elements per block.");
        }

        return AllocateBytes(Element<T>.Bytes(elements));
    }
}

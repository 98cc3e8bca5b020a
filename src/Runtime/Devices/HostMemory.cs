using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Native memory of the host, zeroed, aligned for the widest vectors and a cache line.</summary>
internal sealed unsafe class HostMemory : DeviceMemory
{
    public const int Alignment = 64;

    public HostMemory(Device device, long byteLength)
        : base(device, Allocate(byteLength), byteLength) => GC.AddMemoryPressure(Math.Max(1, byteLength));

    ~HostMemory()
    {
        if (!IsDisposed)
            Free();
    }

    private protected override void Free()
    {
        NativeMemory.AlignedFree(Address);
        GC.RemoveMemoryPressure(Math.Max(1, ByteLength));
    }

    private static byte* Allocate(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);

        // Rounded up to whole cache lines: two buffers never share one.
        nuint size = (nuint)((Math.Max(byteLength, 1) + Alignment - 1) / Alignment * Alignment);
        var address = (byte*)NativeMemory.AlignedAlloc(size, Alignment);
        NativeMemory.Clear(address, size);
        return address;
    }
}

using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Native memory of its own: zeroed, and aligned for the widest vectors and a cache line.</summary>
internal sealed unsafe class NativeHostMemory : HostMemory
{
    public const int Alignment = 64;

    public NativeHostMemory(Device device, long byteLength)
        : base(device, Allocate(byteLength), byteLength) => GC.AddMemoryPressure(Math.Max(1, byteLength));

    ~NativeHostMemory() => Dispose();

    private protected override void Free()
    {
        NativeMemory.AlignedFree(Address);
        GC.RemoveMemoryPressure(Math.Max(1, ByteLength));
    }

    private static byte* Allocate(long byteLength)
    {
        // Rounded up to whole cache lines: two buffers never share one.
        nuint size = (nuint)((Math.Max(byteLength, 1) + Alignment - 1) / Alignment * Alignment);
        var address = (byte*)NativeMemory.AlignedAlloc(size, Alignment);
        NativeMemory.Clear(address, size);
        return address;
    }
}

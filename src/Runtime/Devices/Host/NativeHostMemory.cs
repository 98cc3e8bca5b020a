namespace KernelFoundry;

/// <summary>
/// Native memory of its own: zeroed, and aligned for the widest vectors and a cache line. From 2 MiB on it lies in huge pages where the system gives some: a core that reads a
/// stream from them is a tenth to a fifth faster, as it finds the places of far fewer pages.
/// </summary>
internal sealed unsafe class NativeHostMemory : HostMemory
{
    public const int Alignment = 64;

    private readonly ZeroedBlock _block;

    public NativeHostMemory(Device device, long byteLength)
        : this(device, byteLength, Allocate(byteLength))
    {
    }

    private NativeHostMemory(Device device, long byteLength, ZeroedBlock block)
        : base(device, block.Address, byteLength)
    {
        _block = block;
        GC.AddMemoryPressure(Math.Max(1, byteLength));
    }

    ~NativeHostMemory() => Dispose();

    private protected override void Free()
    {
        _block.Free();
        GC.RemoveMemoryPressure(Math.Max(1, ByteLength));
    }

    // Rounded up to whole cache lines: two buffers never share one.
    private static ZeroedBlock Allocate(long byteLength) => new((nuint)((Math.Max(byteLength, 1) + Alignment - 1) / Alignment * Alignment), Alignment);
}

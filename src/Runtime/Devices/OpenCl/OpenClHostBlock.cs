using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Zeroed host memory of a device's buffer.</summary>
internal sealed unsafe class OpenClHostBlock : IDisposable
{
    // Drivers of graphics processors that share the host's memory use it in place if it is whole pages.
    private const int Page = 4096;

    private readonly long byteLength;

    public OpenClHostBlock(long byteLength, int alignment)
    {
        int unit = byteLength >= Page ? Math.Max(Page, alignment) : alignment;
        this.byteLength = (Math.Max(byteLength, 1) + unit - 1) / unit * unit;
        Address = (byte*)NativeMemory.AlignedAlloc((nuint)this.byteLength, (nuint)unit);
        NativeMemory.Clear(Address, (nuint)this.byteLength);
        GC.AddMemoryPressure(this.byteLength);
    }

    public byte* Address { get; private set; }

    public void Dispose()
    {
        if (Address == null)
            return;
        NativeMemory.AlignedFree(Address);
        GC.RemoveMemoryPressure(byteLength);
        Address = null;
    }
}

using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>One thread's scratch memory: aligned to 64 bytes, kept between launches, grown when a kernel needs more. Its contents are undefined.</summary>
internal sealed unsafe class ScratchArena : IDisposable
{
    private byte* address;
    private long byteLength;

    public byte* Get(long bytes)
    {
        if (bytes > byteLength)
        {
            Dispose();
            long rounded = checked(bytes + 4095) / 4096 * 4096;
            address = (byte*)NativeMemory.AlignedAlloc((nuint)rounded, NativeHostMemory.Alignment);
            byteLength = rounded;
        }

        return address;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(address);
        address = null;
        byteLength = 0;
    }
}

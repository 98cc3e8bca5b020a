using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// One thread's scratch memory: aligned to 64 bytes, kept between launches, grown when a kernel needs more. Its contents are undefined, but for
/// the eight bytes before it, which are 0 when a launch begins: see <see cref="Lanes.BeginsRow"/>.
/// </summary>
internal sealed unsafe class ScratchArena : IDisposable
{
    private const int Header = NativeHostMemory.Alignment;

    private byte* address;
    private long byteLength;

    /// <summary>The scratch of a launch that begins.</summary>
    public byte* Get(long bytes)
    {
        bytes = checked(bytes + Header);
        if (bytes > byteLength)
        {
            Dispose();
            long rounded = checked(bytes + 4095) / 4096 * 4096;
            address = (byte*)NativeMemory.AlignedAlloc((nuint)rounded, NativeHostMemory.Alignment);
            byteLength = rounded;
        }

        byte* scratch = address + Header;
        ((long*)scratch)[-1] = 0;
        return scratch;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(address);
        address = null;
        byteLength = 0;
    }
}

using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>Ordinary memory, for devices that copy while the host waits.</summary>
internal sealed unsafe class PlainHostBuffer : HostBuffer
{
    public PlainHostBuffer(long byteLength)
        : base((byte*)NativeMemory.AllocZeroed((nuint)Math.Max(1, byteLength)), byteLength)
    {
    }

    ~PlainHostBuffer() => Dispose();

    private protected override void Free() => NativeMemory.Free(Address);
}

using ILGPU;
using ILGPU.Runtime;

namespace KernelFoundry;

/// <summary>A buffer of an accelerator.</summary>
internal sealed unsafe class IlgpuMemory(IlgpuDevice device, MemoryBuffer1D<byte, Stride1D.Dense> buffer, long byteLength)
    : DeviceMemory(device, null, byteLength)
{
    /// <summary>The bytes from an offset on.</summary>
    public ArrayView1D<byte, Stride1D.Dense> From(long byteOffset) => buffer.View.SubView(byteOffset, buffer.Length - byteOffset);

    private protected override void Free() => buffer.Dispose();

    private protected override void WriteCore(long byteOffset, ReadOnlySpan<byte> source) =>
        buffer.View.SubView(byteOffset, source.Length).CopyFromCPU(source.ToArray());

    private protected override void ReadCore(long byteOffset, Span<byte> destination)
    {
        var bytes = new byte[destination.Length];
        buffer.View.SubView(byteOffset, destination.Length).CopyToCPU(bytes);
        bytes.CopyTo(destination);
    }
}

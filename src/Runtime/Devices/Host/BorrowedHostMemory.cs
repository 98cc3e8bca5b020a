namespace KernelFoundry;

/// <summary>Memory that something else owns, such as a mapped file or a pinned array; the owner is disposed of with it.</summary>
internal sealed unsafe class BorrowedHostMemory(Device device, byte* address, long byteLength, IDisposable? owner)
    : HostMemory(device, address, byteLength)
{
    private protected override void Free() => owner?.Dispose();
}

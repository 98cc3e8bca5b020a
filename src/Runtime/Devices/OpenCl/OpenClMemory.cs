namespace KernelFoundry;

/// <summary>A cl_mem buffer.</summary>
internal abstract unsafe class OpenClMemory(OpenClDevice device, nint handle, byte* address, long byteLength) : DeviceMemory(device, address, byteLength)
{
    public nint Handle { get; } = handle;

    private protected OpenClDevice Owner { get; } = device;

    /// <summary>Hands the memory to launches that follow. Called with the device's lock held.</summary>
    public virtual void GiveToDevice()
    {
    }
}

namespace KernelFoundry;

/// <summary>Runs kernel methods as plain C#, one program after another.</summary>
internal sealed class ReferenceDevice(TextWriter? launchLog) : Device(
    new DeviceInfo
    {
        Kind = DeviceKind.Reference,
        Name = "Reference",
        ComputeUnits = 1,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
    },
    launchLog)
{
    /// <inheritdoc/>
    public override bool SharesHostMemory => true;

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    private protected override bool CanUse(DeviceMemory memory) => memory.IsHostAddressable;

    private protected override DeviceMemory AllocateCore(long byteLength) => new NativeHostMemory(this, byteLength);

    private protected override void LaunchCore(KernelVariantSet kernel, KernelVariant variant, ref KernelArguments arguments) =>
        throw new InvalidOperationException($"Kernel {kernel.Kernel.Name}: the reference device runs kernel methods, not compiled variants. Launch "
            + "through the kernel's overload that takes a Device.");

    private protected override void Close()
    {
    }
}

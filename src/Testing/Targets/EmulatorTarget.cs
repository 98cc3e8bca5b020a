namespace KernelFoundry.Testing;

/// <summary>The emulator of work-groups: what ILGPU would compile, run as it is.</summary>
internal sealed class EmulatorTarget() : DeviceTarget(new EmulatorDevice(), "Group emulator", 2_000_000)
{
    /// <inheritdoc/>
    internal override bool Runs(KernelDefinition kernel, string typeKey) =>
        kernel.Variants.Any(variant => variant.TypeKey == typeKey && GroupCodes.Find(kernel, variant) is not null);
}

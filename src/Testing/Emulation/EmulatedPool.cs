namespace KernelFoundry.Testing.Emulation;

/// <summary>A memory pool of a device.</summary>
internal sealed record EmulatedPool(int Device);

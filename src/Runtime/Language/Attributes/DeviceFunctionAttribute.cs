namespace KernelFoundry;

/// <summary>Marks a static method that kernels may call; it is inlined. It may be generic and may not call itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceFunctionAttribute : Attribute;

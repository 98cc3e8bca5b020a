namespace KernelFoundry;

/// <summary>
/// Marks an interface with static abstract methods written in the kernel language. A kernel's type parameter constrained to it is compiled for
/// every struct implementing it, in this project and in projects that use the kernel.
/// </summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class FunctorInterfaceAttribute : Attribute;

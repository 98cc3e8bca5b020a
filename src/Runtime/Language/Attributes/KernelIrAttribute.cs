namespace KernelFoundry;

/// <summary>Carries a kernel's IR in its assembly, so that a referencing project can compile it for its own functors and formats.</summary>
/// <param name="kernel">The kernel's full name.</param>
/// <param name="text">The IR, as text.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class KernelIrAttribute(string kernel, string text) : Attribute
{
    /// <summary>The kernel's full name.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>The IR, as text.</summary>
    public string Text { get; } = text;
}

namespace KernelFoundry;

/// <summary>Names the static method <c>void Method(KernelCase c)</c> that computes what the kernel should give, in double precision.</summary>
/// <param name="method">The method's name, in the kernel's class.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceAttribute(string method) : Attribute
{
    /// <summary>The method's name.</summary>
    public string Method { get; } = method;
}

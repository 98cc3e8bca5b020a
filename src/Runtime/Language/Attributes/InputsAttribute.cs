namespace KernelFoundry;

/// <summary>
/// Names the static method <c>void Method(KernelCase c)</c> that makes random inputs fit a kernel that does not take any: it writes into the
/// arrays <see cref="KernelCase.Values"/> gives. For indices that must be sorted, say, or lie in a range that depends on an
/// extent. Tests run it before the kernel; benchmarks too, with axes and views of int only.
/// </summary>
/// <param name="method">The method's name, in the kernel's class.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InputsAttribute(string method) : Attribute
{
    /// <summary>The method's name.</summary>
    public string Method { get; } = method;
}

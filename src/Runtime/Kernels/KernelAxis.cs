namespace KernelFoundry;

/// <summary>An axis of a kernel's tests.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Extents">The extents to test.</param>
public sealed record KernelAxis(string Name, IReadOnlyList<int> Extents);

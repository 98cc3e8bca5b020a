namespace KernelFoundry;

/// <summary>The error a kernel may have for one element type.</summary>
/// <param name="Element">The element's name.</param>
/// <param name="Relative">Norm of the difference over norm of the reference. A cosine similarity of at least 1 minus it is implied.</param>
public sealed record KernelTolerance(string Element, double Relative);

namespace KernelFoundry;

/// <summary>
/// The kernel adds to what is in the view, as kernels do to gradients: it reads elements before it writes them. Of any other output a read
/// before the first write is a mistake, which tests find.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AccumulatedAttribute : Attribute;

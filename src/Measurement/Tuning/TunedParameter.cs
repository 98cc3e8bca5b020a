namespace KernelFoundry.Measurement;

/// <summary>What became of one schedule parameter of a kernel.</summary>
/// <param name="Kernel">The kernel, for its type arguments.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Default">Its own value.</param>
/// <param name="Best">What to take: the default, unless another choice gained more than the measurements spread.</param>
/// <param name="Gain">The share of the default's time that the fastest choice saved; below 0 if none was faster.</param>
/// <param name="Spread">The spread of that share.</param>
/// <param name="Seconds">Each choice's time.</param>
public sealed record TunedParameter(
    KernelVariantSet Kernel, string Parameter, int Default, int Best, double Gain, double Spread, IReadOnlyDictionary<int, double> Seconds);

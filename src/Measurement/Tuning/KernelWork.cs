namespace KernelFoundry.Measurement;

/// <summary>One kernel launched on its own, again and again.</summary>
/// <param name="workload">The kernel with its arguments.</param>
/// <param name="time">How long a measurement takes.</param>
public sealed class KernelWork(KernelWorkload workload, TimeSpan time) : ITuningWork
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<KernelVariantSet, double> Measure() =>
        new Dictionary<KernelVariantSet, double> { [workload.Kernel] = workload.Time(time) };
}

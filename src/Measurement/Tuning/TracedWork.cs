using System.Diagnostics;

namespace KernelFoundry.Measurement;

/// <summary>
/// Any work at all, such as a model's prefill and decode: each kernel's time is that of its launches in it, with the shapes, the order and the
/// state of the caches they have there. Launches are timed by their traces.
/// </summary>
public sealed class TracedWork : ITuningWork, IDisposable
{
    private readonly Action _work;
    private readonly ActivityListener _listener;
    private readonly Dictionary<string, KernelDefinition?> _kernels = [];
    private readonly Dictionary<KernelVariantSet, double> _seconds = [];

    /// <param name="work">What is done; it waits for its launches. No other launches may run meanwhile.</param>
    public TracedWork(Action work)
    {
        _work = work;
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "KernelFoundry",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                Tunable(options.Name) is null ? ActivitySamplingResult.None : ActivitySamplingResult.AllData,
            ActivityStopped = Count,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<KernelVariantSet, double> Measure()
    {
        _seconds.Clear();
        _work();
        return _seconds.ToDictionary();
    }

    /// <summary>Ends the tracing.</summary>
    public void Dispose() => _listener.Dispose();

    // Looked up when it is launched: before that, the assembly that holds it may not be loaded.
    private KernelDefinition? Tunable(string name)
    {
        if (!_kernels.TryGetValue(name, out KernelDefinition? kernel))
        {
            kernel = KernelRegistry.Definitions.FirstOrDefault(each => each.Name == name && each.Parameters.Any(parameter => parameter.IsTunable));
            _kernels.Add(name, kernel);
        }

        return kernel;
    }

    private void Count(Activity launch)
    {
        KernelVariantSet kernel = KernelRegistry.Find(_kernels[launch.OperationName]!, (string)launch.GetTagItem("kernelfoundry.types")!);
        _seconds[kernel] = _seconds.GetValueOrDefault(kernel) + launch.Duration.TotalSeconds;
    }
}

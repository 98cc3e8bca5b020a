using System.Collections.Concurrent;
using System.Diagnostics;

namespace KernelFoundry;

/// <summary>
/// What the kernels of a device are tuned to: the values of schedule parameters with choices. They are read when the device opens, so that a
/// device launches a kernel alike from first to last, unless it is told otherwise.
/// </summary>
public sealed class KernelSchedules
{
    private readonly ConcurrentDictionary<KernelVariantSet, TunedValues> values = new();
    private readonly Func<KernelVariantSet, TunedValues> stored;
    private readonly Action<string> warning;
    private int warned;

    private KernelSchedules(ScheduleMachine machine, string? file, Action<string> warning)
    {
        Machine = machine;
        File = file;
        this.warning = warning;
        Entries = file is null ? [] : [.. ScheduleFile.Read(file, Warn).Where(entry => entry.Machine == machine)];
        stored = Stored;
    }

    /// <summary>What the device's entries are kept under.</summary>
    public ScheduleMachine Machine { get; }

    /// <summary>The file they were read from, whether it exists or not; null if tuning is off.</summary>
    public string? File { get; }

    /// <summary>What the file said of this machine when the device was opened.</summary>
    public IReadOnlyList<ScheduleEntry> Entries { get; }

    /// <summary>The value launches take.</summary>
    /// <param name="kernel">The kernel, for its type arguments.</param>
    /// <param name="parameter">A schedule parameter with choices.</param>
    /// <returns>The tuned value, or the parameter's own.</returns>
    /// <exception cref="ArgumentException">The kernel has no such parameter.</exception>
    public int Get(KernelVariantSet kernel, string parameter) => For(kernel)[IndexOf(kernel, parameter)];

    /// <summary>Makes launches from now on take a value, until the device is closed; nothing is stored. Results stay the same bits.</summary>
    /// <param name="kernel">The kernel, for its type arguments.</param>
    /// <param name="parameter">A schedule parameter with choices.</param>
    /// <param name="value">One of the choices.</param>
    /// <exception cref="ArgumentException">The kernel has no such parameter, or the parameter no such choice.</exception>
    public void Set(KernelVariantSet kernel, string parameter, int value)
    {
        int index = IndexOf(kernel, parameter);
        if (!kernel.Kernel.Tunables[index].Choices.Contains(value))
            throw new ArgumentException(Entry(kernel, parameter, value).Fault(kernel.Kernel), nameof(value));
        TunedValues tuned = Find(kernel);
        int[] changed = [.. tuned.Values];
        changed[index] = value;
        tuned.Values = changed;
    }

    /// <summary>An entry of this machine.</summary>
    /// <param name="kernel">The kernel, for its type arguments.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The entry.</returns>
    public ScheduleEntry Entry(KernelVariantSet kernel, string parameter, int value)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return new ScheduleEntry(Machine, kernel.Kernel.Name, kernel.TypeKey, parameter, value);
    }

    internal static KernelSchedules Open(ScheduleMachine machine, DeviceOptions options) =>
        new(machine, ScheduleFile.Locate(options.ScheduleFile), options.Warning ?? (static text => Trace.TraceWarning(text)));

    /// <summary>The values of a kernel's tunable parameters, in their order.</summary>
    internal ReadOnlySpan<int> For(KernelVariantSet kernel) => Find(kernel).Values;

    /// <summary>The values by name, for logs.</summary>
    internal string Describe(KernelVariantSet kernel) => string.Concat(kernel.Kernel.Tunables.Select(each => $" {each.Name}={Get(kernel, each.Name)}"));

    // Looked up once a kernel, not once a launch: a process launches on one device for the most part.
    private TunedValues Find(KernelVariantSet kernel)
    {
        if (kernel.RecentlyTuned is not { } tuned || tuned.Owner != this)
            kernel.RecentlyTuned = tuned = values.GetOrAdd(kernel, stored);
        return tuned;
    }

    private TunedValues Stored(KernelVariantSet kernel)
    {
        KernelParameterInfo[] tunables = kernel.Kernel.Tunables;
        int[] chosen = [.. tunables.Select(each => each.Values[0])];
        foreach (ScheduleEntry entry in Entries.Where(entry => entry.IsOf(kernel)))
        {
            if (entry.Fault(kernel.Kernel) is { } fault)
                Warn($"A schedule in '{File}' is not used: {fault}. 'kf tune --reset' deletes what is stored of this machine.");
            else
                chosen[Array.FindIndex(tunables, each => each.Name == entry.Parameter)] = entry.Value;
        }

        return new TunedValues(this, chosen);
    }

    // The first says where to look; more would say it again.
    private void Warn(string text)
    {
        if (Interlocked.Exchange(ref warned, 1) == 0)
            warning(text);
    }

    private static int IndexOf(KernelVariantSet kernel, string parameter)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        int index = Array.FindIndex(kernel.Kernel.Tunables, each => each.Name == parameter);
        return index >= 0 ? index : throw new ArgumentException($"{kernel.Kernel.Name} has no parameter '{parameter}' to tune.", nameof(parameter));
    }
}

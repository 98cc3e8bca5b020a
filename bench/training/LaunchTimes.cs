using System.Diagnostics;

namespace KernelFoundry.TrainingBenchmark;

/// <summary>What the launches of a kernel with the same shapes came to.</summary>
/// <param name="Count">How many.</param>
/// <param name="Seconds">Their time together.</param>
internal readonly record struct LaunchTime(int Count, double Seconds);

/// <summary>Times launches by their traces, and names them by the lines of their device's log, until it is disposed of.</summary>
internal sealed class LaunchTimes : IDisposable
{
    private readonly ActivityListener _listener;

    /// <param name="log">The device's log.</param>
    public LaunchTimes(LastLine log)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "KernelFoundry",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = launch =>
            {
                LaunchTime before = ByLaunch.GetValueOrDefault(log.Line);
                ByLaunch[log.Line] = new LaunchTime(before.Count + 1, before.Seconds + launch.Duration.TotalSeconds);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>By name and shapes.</summary>
    public Dictionary<string, LaunchTime> ByLaunch { get; } = [];

    /// <summary>Launches of a kernel.</summary>
    public int Count(string kernel) => ByLaunch.Where(pair => LaunchWork.NameOf(pair.Key) == kernel).Sum(pair => pair.Value.Count);

    public void Dispose() => _listener.Dispose();
}

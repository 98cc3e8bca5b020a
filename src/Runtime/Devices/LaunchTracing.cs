using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace KernelFoundry;

/// <summary>
/// The activity source and meter named KernelFoundry: one activity and one duration a launch. Costs two reads a launch while nobody listens.
/// </summary>
internal static class LaunchTracing
{
    private static readonly ActivitySource Source = new("KernelFoundry");
    private static readonly Meter Meter = new("KernelFoundry");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "kernelfoundry.launch.duration", "s", "Time from the start of a launch to its end.");

    public const string TypesTag = "kernelfoundry.types";

    public static bool IsOn => Source.HasListeners() || Duration.Enabled;

    public static Activity? Start(KernelDefinition kernel, string displayName, Device device)
    {
        Activity? activity = Source.StartActivity(kernel.Name);
        if (activity is not null)
        {
            activity.DisplayName = displayName;
            activity.SetTag("kernelfoundry.device", device.Name);
        }

        return activity;
    }

    /// <summary>Notes how many programs the launch has that is being traced.</summary>
    public static void Programs(in LaunchShape shape)
    {
        if (Activity.Current is { } activity && activity.Source == Source)
            activity.SetTag("kernelfoundry.programs", shape.ProgramCount);
    }

    public static void Finish(KernelDefinition kernel, Device device, long started)
    {
        if (Duration.Enabled)
        {
            Duration.Record(
                Stopwatch.GetElapsedTime(started).TotalSeconds,
                new KeyValuePair<string, object?>("kernel", kernel.Name),
                new KeyValuePair<string, object?>("device", device.Name));
        }
    }
}

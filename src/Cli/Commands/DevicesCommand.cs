using System.CommandLine;
using KernelFoundry.Cli.KernelText;
using KernelFoundry.Cli.Output;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf devices</c>: what was found, and why something was not.</summary>
internal static class DevicesCommand
{
    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("devices", "Print the devices kernels can run on, and why others cannot be used.") { s_json };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        IReadOnlyList<DeviceInfo> devices = Device.Enumerate();
        SchedulesOutput schedules = Schedules();
        if (parsed.GetValue(s_json))
        {
            KfJson.Print(new DevicesOutput([.. devices.Select(ToOutput)], schedules), json => json.DevicesOutput);
            return ExitCode.Done;
        }

        foreach (DeviceInfo device in devices)
        {
            Console.Out.WriteLine(device);
            foreach (string lack in device.Lacks)
                Console.Out.WriteLine($"  {lack}");
        }

        Console.Out.WriteLine(schedules.File is { } file
            ? $"Schedules: {file}: {schedules.Used} of {schedules.Entries} entries are used ({schedules.Cpu}, {schedules.Threads} threads, {schedules.VectorBits}-bit vectors)"
            : "Schedules: off");
        foreach (string fault in schedules.Faults)
            Console.Out.WriteLine($"Schedules: not used: {fault}");
        return ExitCode.Done;
    }

    private static SchedulesOutput Schedules()
    {
        using Device device = Opening.Device("cpu", null);
        KernelSchedules schedules = device.Schedules!;
        string?[] faults = [.. schedules.Entries.Select(entry => entry.Fault(KernelCatalog.Kernels.FirstOrDefault(kernel => kernel.Name == entry.Kernel)))];
        int entries = schedules.File is { } file ? ScheduleFile.Read(file).Count : 0;
        return new SchedulesOutput(
            schedules.File, schedules.Machine.Cpu, schedules.Machine.Threads, schedules.Machine.VectorBits, entries,
            faults.Count(fault => fault is null), [.. faults.OfType<string>()]);
    }

    private static DeviceOutput ToOutput(DeviceInfo device) => new(
        device.Kind.ToString().ToLowerInvariant(),
        device.Name,
        device.IsAvailable,
        device.Unavailable,
        device.IsAccelerator,
        device.Driver,
        device.ComputeCapability?.ToString(),
        device.ComputeUnits,
        device.VectorBits,
        device.MemoryBytes,
        device.LocalMemoryBytes,
        [.. device.Lacks]);
}

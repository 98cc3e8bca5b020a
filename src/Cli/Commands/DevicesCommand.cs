using System.CommandLine;
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
        if (parsed.GetValue(s_json))
        {
            KfJson.Print(new DevicesOutput([.. devices.Select(ToOutput)]), json => json.DevicesOutput);
            return ExitCode.Done;
        }

        foreach (DeviceInfo device in devices)
            Console.Out.WriteLine(device);
        return ExitCode.Done;
    }

    private static DeviceOutput ToOutput(DeviceInfo device) => new(
        device.Kind.ToString().ToLowerInvariant(),
        device.Name,
        device.IsAvailable,
        device.Unavailable,
        device.IsAccelerator,
        device.Driver,
        device.ComputeUnits,
        device.VectorBits,
        device.MemoryBytes);
}

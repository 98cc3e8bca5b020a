using System.CommandLine;

namespace KernelFoundry.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>What --device takes.</summary>
    public static IReadOnlyList<string> DeviceKinds { get; } = ["auto", "cpu", "opencl", "reference"];

    public static Option<string> Model() => new("--model") { Description = "The GGUF file.", Required = true, HelpName = "FILE" };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object." };

    public static Option<string> Device()
    {
        var option = new Option<string>("--device")
        {
            Description = "Where to run. auto takes a GPU if there is one, else the CPU.",
            DefaultValueFactory = _ => "auto",
        };
        option.AcceptOnlyFromAmong([.. DeviceKinds]);
        return option;
    }

    public static Option<int?> Threads() => new("--threads")
    {
        Description = "Threads of the cpu device; by default one a processor. Other devices take no notice.",
        HelpName = "N",
    };
}

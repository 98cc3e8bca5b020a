using System.CommandLine;
using KernelFoundry.Cli.KernelText;
using KernelFoundry.Measurement;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options that name a kernel with its types and extents, for commands that measure one.</summary>
internal sealed class KernelShapeOptions
{
    public Option<string?> Kernel { get; } = new("--kernel")
    {
        Description = "Or the kernel: its name, or the last part of it.",
        HelpName = "NAME",
    };

    public Option<string[]> Axes { get; } = new("--axis")
    {
        Description = "Kernel: the extent of one of its axes; may be given for each. By default the largest of its tests.",
        HelpName = "rows=1024",
    };

    public Option<string?> Types { get; } = new("--dtype")
    {
        Description = "Kernel: element types and functors to run it for, separated by commas; by default the first possible ones.",
        HelpName = "f16",
    };

    /// <summary>What the options name.</summary>
    /// <exception cref="UsageException">There is no such kernel, axis or type.</exception>
    public WorkloadShape Shape(ParseResult parsed)
    {
        KernelDefinition kernel = KernelCatalog.Find(parsed.GetRequiredValue(Kernel)!);
        Dictionary<string, int> axes = ListOption.Extents(parsed.GetValue(Axes) ?? [], Axes.Name);
        string[] types = parsed.GetValue(Types) is { } text ? ListOption.Parts(text, Types.Name) : [];
        return UsageException.Check(() => WorkloadShape.Create(kernel, axes, types));
    }
}

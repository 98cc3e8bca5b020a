using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelFoundry.Generators.Generation;

/// <summary>
/// The kernels a project wants group code of (for ILGPU, and for the emulator of tests), from its property KernelFoundryGroupCode: "all", or their
/// names, the last parts of which are enough. None unless it says so: the code is as long as OpenCL's once more.
/// </summary>
internal sealed record GroupCodeChoice(bool IsAll, EquatableArray<string> Names)
{
    private const string Property = "build_property.KernelFoundryGroupCode";

    public bool IsNone => !IsAll && Names.Count == 0;

    public static GroupCodeChoice Of(AnalyzerConfigOptionsProvider options)
    {
        string text = options.GlobalOptions.TryGetValue(Property, out string? value) ? value.Trim() : "";
        string[] names = text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);
        return text == "all" ? new(true, default) : new(false, names.ToEquatable());
    }

    public bool Includes(string kernel) => IsAll || Names.Any(name => kernel == name || kernel.EndsWith("." + name, StringComparison.Ordinal));
}

using System.Globalization;
using KernelFoundry.Compiler.Targets;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KernelFoundry.Generators.Generation;

/// <summary>
/// The vector widths that CPU code is rendered for, from the project's property KernelFoundryVectorBits: all of them unless it lists some, or
/// says "native", the widest of the building machine, which makes quick builds for that machine only.
/// </summary>
internal static class VectorWidths
{
    private const string Property = "build_property.KernelFoundryVectorBits";

    public static EquatableArray<int> Of(AnalyzerConfigOptionsProvider options)
    {
        string text = options.GlobalOptions.TryGetValue(Property, out string? value) ? value.Trim() : "";
        if (text == "native")
            return new[] { Native() }.ToEquatable();
        string[] listed = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        int[] chosen = [.. CSharpTarget.Widths.Where(w => listed.Contains(w.ToString(CultureInfo.InvariantCulture)))];
        return (chosen.Length > 0 ? chosen : [.. CSharpTarget.Widths]).ToEquatable();
    }

    // The compiler may run on a framework that does not know the classes; then nothing is wider than 128 bits.
    private static int Native() => CSharpTarget.Widths.FirstOrDefault(width =>
        typeof(object).Assembly.GetType($"System.Runtime.Intrinsics.Vector{width.ToString(CultureInfo.InvariantCulture)}")
            ?.GetProperty("IsHardwareAccelerated")?.GetValue(null) is true) is var widest and > 0 ? widest : 128;
}

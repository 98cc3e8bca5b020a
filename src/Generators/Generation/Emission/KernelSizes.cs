using System.Globalization;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>
/// Says how much code a kernel became: what a schedule, an element type or a functor costs. An assembly carries the text of each kernel and of all
/// together as metadata, where the build and <c>kf kernels list</c> find it.
/// </summary>
internal static class KernelSizes
{
    /// <summary>The size of one kernel.</summary>
    public static string Describe(string kernel, IEnumerable<FamilySummary> families) => Describe($"kernel {kernel}", Variants(families));

    /// <summary>The attribute that carries a size.</summary>
    public static string Attribute(string size) =>
        $"[assembly: global::System.Reflection.AssemblyMetadata(\"KernelFoundry.KernelSize\", {CSharp.Literal(size)})]\n";

    /// <summary>The size of everything a compilation renders, functors and formats fused into other assemblies' kernels included.</summary>
    public static GeneratedFile Total(string assembly, IEnumerable<FamilySummary> families) => GeneratedFile.Of(
        "KernelFoundry.Size", "The size of all generated code.", Attribute(Describe($"all kernels of {assembly}", Variants(families))));

    private static VariantSummary[] Variants(IEnumerable<FamilySummary> families) => [.. families.SelectMany(f => f.Variants)];

    private static string Describe(string what, VariantSummary[] variants) => string.Format(
        CultureInfo.InvariantCulture,
        "{0}: {1} variants, {2} characters of C#, {3} of OpenCL C, {4} of PTX",
        what, variants.Length, variants.Sum(v => v.CpuSize), variants.Sum(v => v.OpenClSize), variants.Sum(v => v.PtxSize));
}

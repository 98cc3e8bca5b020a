using System.Globalization;
using KernelFoundry.Generators.Generation.Models;

namespace KernelFoundry.Generators.Generation.Emission;

/// <summary>Says how much code a kernel became: what a schedule, an element type or a functor costs.</summary>
internal static class KernelSizes
{
    public static string Describe(string kernel, IEnumerable<FamilySummary> families)
    {
        VariantSummary[] variants = [.. families.SelectMany(f => f.Variants)];
        return string.Format(CultureInfo.InvariantCulture, "{0}: {1} variants, {2} characters of C#, {3} of OpenCL C",
            kernel, variants.Length, variants.Sum(v => v.CpuSize), variants.Sum(v => v.OpenClSize));
    }
}

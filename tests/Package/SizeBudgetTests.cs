using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using KernelFoundry.Kernels;

namespace KernelFoundry.Package.Tests;

/// <summary>The kernel library stays within the size budget that CONTRIBUTING.md states.</summary>
public sealed partial class SizeBudgetTests
{
    [Fact]
    public void TheGeneratedCodeOfTheLibraryIsWithinItsBudget()
    {
        Match total = typeof(Normalization).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(metadata => metadata.Key == "KernelFoundry.KernelSize")
            .Select(metadata => Total().Match(metadata.Value!))
            .Single(match => match.Success);
        Assert.InRange(Number(total.Groups[1]), 1, 17_500_000);
        Assert.InRange(Number(total.Groups[2]), 1, 4_100_000);
        Assert.InRange(Number(total.Groups[3]), 1, 20_000_000);
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^all kernels of .*: [0-9]+ variants, ([0-9]+) characters of C#, ([0-9]+) of OpenCL C, ([0-9]+) of PTX$")]
    private static partial Regex Total();
}

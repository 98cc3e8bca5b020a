using KernelFoundry.Compiler.Targets;

namespace KernelFoundry.Compiler.Tests.Targets;

/// <summary>OpenCL C for devices whose sub-groups shuffle, which no device of the tests has.</summary>
public sealed class OpenClSubGroupTests
{
    [Fact]
    public void A_reduction_shuffles()
    {
        string source = OpenClTarget.RenderSubGroups(SampleKernels.RmsNorm(), "rms_norm")!.Source;
        Golden.Check("RmsNorm.subgroups.cl", source);
        Assert.Equal([16, 8, 4, 2, 1], Shuffles(source));
        Assert.DoesNotContain("sub_group", OpenClTarget.Render(SampleKernels.RmsNorm(), "rms_norm").Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_without_reductions_has_no_such_code() =>
        Assert.Null(OpenClTarget.RenderSubGroups(SampleKernels.Build("Copy", [SampleKernels.View("x", 1), SampleKernels.View("y", 1)], b =>
        {
            var index = b.Range(0, b.Extent("x", 0));
            b.Store("y", b.Load("x", index), index);
        }), "copy"));

    private static int[] Shuffles(string source) =>
    [
        .. source.Split('\n').Where(line => line.Contains("sub_group_shuffle_xor(", StringComparison.Ordinal))
            .Select(line => int.Parse(line[(line.LastIndexOf(',') + 1)..^3], System.Globalization.CultureInfo.InvariantCulture)),
    ];
}

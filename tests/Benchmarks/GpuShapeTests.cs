using System.Text.RegularExpressions;
using KernelFoundry.Gpu;
using KernelFoundry.Kernels;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Benchmarks.Tests;

/// <summary>What bench/gpu measures: on the emulated device, which finds accesses out of bounds, at small extents; a kernel's type arguments and axes change with it.</summary>
public sealed partial class GpuShapeTests
{
    public static TheoryData<string> Kernels => [.. GpuShapes.All(isQuick: true).Select(shape => shape.Kernel).Distinct()];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_shape_runs(string kernel)
    {
        using Device device = EmulatedCuda.Open();
        BenchOutput measured = KernelMeasurements.Run(device, new GpuOptions(["--emulated", "--quick", "--kernel", kernel]));
        Assert.NotEmpty(measured.Kernels);
        Assert.All(measured.Kernels, each => Assert.Null(each.Error));
        Assert.All(measured.Kernels, each => Assert.True(each.Bytes > 0));
    }

    // As a GPU measures them: no memory is taken here.
    [Fact]
    public void Every_shape_is_a_kernel_s()
    {
        IReadOnlyList<GpuShape> shapes = GpuShapes.All(isQuick: false);
        Assert.All(shapes, shape => Assert.NotNull(shape.Workload()));
        Assert.Equal(shapes.Count, shapes.Select(shape => shape.Id).Distinct().Count());
        Assert.Equal(shapes.Count, GpuShapes.All(isQuick: true).Count);
    }

    [Fact]
    public void Every_peer_is_one_of_the_script_s()
    {
        string script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "peers.py"));
        string[] peers = [.. PeerName().Matches(script[script.IndexOf("PEERS = {", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value)];
        Assert.Equal(peers.Order(), GpuShapes.All(isQuick: false).Select(shape => shape.Peer).OfType<string>().Distinct().Order());
    }

    [Fact]
    public void A_shape_that_fails_says_why()
    {
        using Device device = EmulatedCuda.Open();
        var unknown = new GpuShape(typeof(Normalization), "NoSuchKernel", [], []);
        Assert.Contains("NoSuchKernel", KernelMeasurements.Measure(device, unknown, 1e12, isQuick: true).Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("""^    "([a-z-]+)": \[""", RegexOptions.Multiline)]
    private static partial Regex PeerName();
}

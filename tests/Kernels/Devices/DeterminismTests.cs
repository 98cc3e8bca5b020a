using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>The bits of a result depend on neither the number of threads nor the run.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void Every_kernel_gives_the_same_bits_for_any_number_of_threads()
    {
        foreach (KernelTest test in Tests())
            Compare(test, [.. new[] { 1, 2, 3, 8, 2 }.Select(threads => new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads })]);
    }

    [Fact]
    public void Every_kernel_gives_the_same_bits_for_any_vector_width()
    {
        int[] widths = [.. new[] { 128, 256, 512 }.Where(bits => bits <= CpuCode.BestVectorBits)];
        foreach (KernelTest test in Tests())
            Compare(test, [.. widths.Select(bits => new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = bits })]);
    }

    // Six tests of each kernel.
    private static IEnumerable<KernelTest> Tests() =>
        from kernelClass in KernelClasses.All
        from kernel in KernelClasses.KernelsOf(kernelClass)
        from test in KernelCases.Enumerate(kernelClass, kernel).Where(test => test.Target.Name == "Cpu 128 x1").Take(6)
        select test;

    private static void Compare(KernelTest test, DeviceOptions[] devices)
    {
        const int Seed = 99;
        IReadOnlyDictionary<string, double[]>? expected = null;
        foreach (DeviceOptions options in devices)
        {
            using Device device = Device.Open(options);
            KernelTest here = test with { Target = TestTarget.For(device) };
            IReadOnlyDictionary<string, double[]> found = KernelRunner.Outputs(here, Seed);
            expected ??= found;
            foreach ((string output, double[] values) in found)
                Assert.True(values.AsSpan().SequenceEqual(expected[output]), $"{output} of {here} differs from what {devices[0]} gives");
        }
    }
}

using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>The bits of a result depend on neither the number of threads nor the run.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void Every_kernel_gives_the_same_bits_for_any_number_of_threads()
    {
        foreach (Type kernelClass in KernelClasses.All)
        {
            foreach (string kernel in KernelClasses.KernelsOf(kernelClass))
            {
                KernelTest[] tests = [.. KernelCases.Enumerate(kernelClass, kernel).Where(test => test.Target.Name.StartsWith("Cpu 128", StringComparison.Ordinal)).Take(6)];
                foreach (KernelTest test in tests)
                    Compare(test, new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 }, [.. new[] { 2, 3, 8, 2 }.Select(threads => new DeviceOptions { Kind = DeviceKind.Cpu, Threads = threads })]);
            }
        }
    }

    [Fact]
    public void Every_kernel_gives_the_same_bits_for_any_vector_width()
    {
        int[] widths = [.. new[] { 256, 512 }.Where(bits => bits <= CpuCode.BestVectorBits)];
        foreach (Type kernelClass in KernelClasses.All)
        {
            foreach (string kernel in KernelClasses.KernelsOf(kernelClass))
            {
                KernelTest[] tests = [.. KernelCases.Enumerate(kernelClass, kernel).Where(test => test.Target.Name.StartsWith("Cpu 128", StringComparison.Ordinal)).Take(6)];
                foreach (KernelTest test in tests)
                    Compare(test, new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = 128 }, [.. widths.Select(bits => new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = bits })]);
            }
        }
    }

    private static void Compare(KernelTest test, DeviceOptions first, DeviceOptions[] others)
    {
        const int Seed = 99;
        using Device device = Device.Open(first);
        IReadOnlyDictionary<string, double[]> expected = KernelRunner.Outputs(test with { Target = TestTarget.For(device) }, Seed);
        foreach (DeviceOptions options in others)
        {
            using Device other = Device.Open(options);
            KernelTest again = test with { Target = TestTarget.For(other) };
            foreach ((string output, double[] values) in KernelRunner.Outputs(again, Seed))
                Assert.True(values.AsSpan().SequenceEqual(expected[output]), $"{output} of {again} differs from {device}");
        }
    }
}

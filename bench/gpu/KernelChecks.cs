using System.Diagnostics;
using KernelFoundry.Kernels.Tests;
using KernelFoundry.Testing;

namespace KernelFoundry.Gpu;

/// <summary>The test cases that the library's kernels have everywhere, on this device.</summary>
internal static class KernelChecks
{
    public static CheckOutput Run(Device device, string? kernelName)
    {
        TestTarget target = TestTarget.For(device);
        var failures = new List<CheckFailure>();
        var kernels = new List<CheckKernel>();
        long started = Stopwatch.GetTimestamp();
        foreach (Type kernelClass in KernelClasses.All)
        {
            foreach (string kernel in KernelClasses.KernelsOf(kernelClass))
            {
                if (kernelName is not null && kernel != kernelName)
                    continue;
                int passed = 0, failed = 0;
                foreach (KernelTest test in KernelCases.Enumerate(kernelClass, kernel, target))
                {
                    if (Run(test) is { } failure)
                    {
                        failed++;
                        failures.Add(failure);
                    }
                    else
                    {
                        passed++;
                    }
                }

                kernels.Add(new CheckKernel(kernel, passed, failed));
                Console.WriteLine($"{kernel}: {passed} passed{(failed > 0 ? $", {failed} FAILED: {failures[^1].Message.ReplaceLineEndings(" ")}" : "")}");
            }
        }

        int allPassed = kernels.Sum(kernel => kernel.Passed), allFailed = kernels.Sum(kernel => kernel.Failed);
        Console.WriteLine($"{allPassed} passed, {allFailed} failed");
        return new CheckOutput(allPassed, allFailed, Stopwatch.GetElapsedTime(started).TotalSeconds, failures, kernels);
    }

    private static CheckFailure? Run(KernelTest test)
    {
        try
        {
            KernelRunner.Run(test);
            return null;
        }
#pragma warning disable CA1031 // Whatever is wrong with a kernel is the case's failure, and the next one is run.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new CheckFailure(test.ToString(), failure.Message);
        }
    }
}

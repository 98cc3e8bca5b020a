namespace KernelFoundry.Testing;

/// <summary>What kernels are tested on.</summary>
public static class TestTargets
{
    private static readonly Lazy<IReadOnlyList<TestTarget>> Found = new(() => [.. Find()]);

    /// <summary>
    /// The reference device, the CPU with each vector width it has and several numbers of threads, OpenCL where there is a driver, and the interpreters of
    /// the compiler's tile, vector and thread forms.
    /// </summary>
    public static IReadOnlyList<TestTarget> All => Found.Value;

    private static IEnumerable<TestTarget> Find()
    {
        yield return new DeviceTarget("Reference", Device.Reference, 2_000_000);
        int threads = 1;
        foreach (int bits in new[] { 128, 256, 512 })
        {
            if (bits <= CpuCode.BestVectorBits)
            {
                Device cpu = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, VectorBits = bits, Threads = threads });
                yield return new DeviceTarget($"Cpu {bits} x{threads}", cpu, 1L << 40);
                threads++;
            }
        }

        if (Device.Enumerate().Any(info => info is { Kind: DeviceKind.OpenCl, IsAvailable: true }))
            yield return new DeviceTarget("OpenCl", Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl }), 1L << 40);
        foreach (InterpreterForm form in Enum.GetValues<InterpreterForm>())
            yield return new InterpreterTarget(form);
    }
}

using static KernelFoundry.Ops;

namespace KernelFoundry.Benchmarks;

/// <summary>The roof of memory-bound kernels: reading the same bytes on the same device and doing nothing else with them.</summary>
public static partial class Roof
{
    /// <summary>One partial sum a block of <paramref name="x"/>.</summary>
    [Kernel]
    public static void Read(View1<float> x, View1<float> sums, [Schedule(Cpu = 16384, OpenCl = 16384)] int block)
    {
        int program = ProgramId(0, CeilDiv(x.Extent0, block));
        sums.Store(program, Sum(x.Load(Range(program * block, block, x.Extent0))));
    }
}

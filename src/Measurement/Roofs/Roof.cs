using static KernelFoundry.Ops;

namespace KernelFoundry.Measurement;

/// <summary>The roof of memory-bound kernels on devices with memory of their own: reading bytes and doing nothing else with them.</summary>
public static partial class Roof
{
    /// <summary>One partial sum a block of <paramref name="x"/>.</summary>
    /// <param name="x">What is read.</param>
    /// <param name="sums">The sums, at least one a block.</param>
    /// <param name="block">Elements a program.</param>
    [Kernel]
    [Axis("elements", 1, 16383, 16385, 50000)]
    [Reference(nameof(ReadReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void Read(
        [Shape("elements")] View1<float> x, [Shape("elements")] View1<float> sums, [Schedule(Cpu = 16384, OpenCl = 16384)] int block)
    {
        int program = ProgramId(0, CeilDiv(x.Extent0, block));
        sums.Store(program, Sum(x.Load(Range(program * block, block, x.Extent0))));
    }

    private static void ReadReference(KernelCase c)
    {
        const int Block = 16384;
        double[] x = c.Values("x"), sums = c.Output("sums"), magnitude = c.Magnitude("sums");
        for (int program = 0; program * Block < x.Length; program++)
        {
            double[] part = x[(program * Block)..Math.Min((program + 1) * Block, x.Length)];
            sums[program] = part.Sum();
            magnitude[program] = Math.Sqrt(part.Sum(value => value * value));
        }
    }
}

using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The norm of a gradient.</content>
public static partial class Optimization
{
    /// <summary>
    /// Sums of squares of consecutive parts: partials[p] = sum of x[i]^2 over the p-th part of ceil(count / partials) elements, whose total is the
    /// square of the norm. The number of partials fixes the order of the sum. Parts beyond the elements are 0; a NaN makes its part NaN.
    /// </summary>
    /// <param name="x">[count].</param>
    /// <param name="partials">Output, [partials].</param>
    /// <param name="block">Elements taken at a time.</param>
    [Kernel]
    [Axis("count", 1, 7, 8, 9, 31, 32, 33, 127, 4095)]
    [Axis("partials", 1, 3, 16)]
    [Reference(nameof(SquareSumsReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void SquareSums(
        [Shape("count")] View1<float> x,
        [Shape("partials")] View1<float> partials,
        [Schedule(Cpu = 1024, OpenCl = 256, Cuda = 1024)] int block)
    {
        int part = ProgramId(0, partials.Extent0);
        int length = CeilDiv(x.Extent0, partials.Extent0);
        int end = Min((part + 1) * length, x.Extent0);
        var lanes = Range(0, block);
        var sums = Zeros(lanes);
        for (int first = part * length; first < end; first += block)
        {
            var i = lanes + first;
            var v = x.Load(i, mask: i < end);
            sums += v * v;
        }

        partials.Store(part, Sum(sums));
    }

    private static void SquareSumsReference(KernelCase c)
    {
        double[] x = c.Values("x"), partials = c.Output("partials");
        int length = (x.Length + partials.Length - 1) / partials.Length;
        Array.Clear(partials);
        for (int i = 0; i < x.Length; i++)
            partials[i / length] += x[i] * x[i];
    }
}

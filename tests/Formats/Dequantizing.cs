using static KernelFoundry.Ops;

namespace KernelFoundry.Formats.Tests;

/// <summary>Kernels that read every format.</summary>
public static partial class Dequantizing
{
    [Kernel]
    [Axis("n", 1, 256, 257, 1000)]
    [Reference(nameof(DequantizeReference))]
    [Tolerance(typeof(float), 1e-7)]
    public static void Dequantize<[Elements(typeof(Q4_0), typeof(Q4_1), typeof(Q5_0), typeof(Q5_1), typeof(Q8_0), typeof(Q2_K), typeof(Q3_K),
        typeof(Q4_K), typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS), typeof(MXFP4))] T>(
        [Shape("n")] View1<T> x, [Shape("n")] View1<float> y)
        where T : unmanaged
    {
        var i = ProgramRange(0, x.Extent0, 512);
        y.Store(i, x.Load(i));
    }

    [Kernel]
    [Axis("n", 1, 256, 257, 1000)]
    [Reference(nameof(TakeApartReference))]
    [Tolerance(typeof(float), 1e-7)]
    public static void TakeApart<[Elements(typeof(Q4_0), typeof(Q4_1), typeof(Q5_0), typeof(Q5_1), typeof(Q8_0), typeof(Q2_K), typeof(Q3_K),
        typeof(Q4_K), typeof(Q5_K), typeof(Q6_K), typeof(IQ4_NL), typeof(IQ4_XS), typeof(MXFP4))] T>(
        [Shape("n")] View1<T> x, [Shape("n")] View1<int> codes, [Shape("n")] View1<float> scales, [Shape("n")] View1<float> offsets)
        where T : unmanaged
    {
        var i = ProgramRange(0, x.Extent0, 512);
        codes.StoreInt(i, x.LoadCode(i).ToInt());
        scales.Store(i, x.LoadScale(i));
        offsets.Store(i, x.LoadOffset(i));
    }

    private static void DequantizeReference(KernelCase c) => c.Values("x").CopyTo(c.Output("y"), 0);

    private static void TakeApartReference(KernelCase c)
    {
    }
}

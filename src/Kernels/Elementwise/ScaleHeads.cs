using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Multiplying part of each head by one value.</content>
public static partial class Elementwise
{
    /// <summary>y = x * factor, of heads or of some of their elements. NaN gives NaN. <paramref name="y"/> may be <paramref name="x"/>.</summary>
    /// <param name="x">[tokens, heads, headDim].</param>
    /// <param name="y">Output, [tokens, heads, headDim].</param>
    /// <param name="factor">The factor.</param>
    [Kernel]
    [Axis("tokens", 1, 5, 33)]
    [Axis("heads", 1, 3, 8)]
    [Axis("headDim", 1, 7, 64, 127)]
    [Reference(nameof(ScaleHeadsReference))]
    [Tolerance(typeof(float), 1e-7)]
    public static void ScaleHeads(
        [Shape("tokens", "heads", "headDim")] View3<float> x,
        [Shape("tokens", "heads", "headDim")] View3<float> y,
        [Value(0.75f)] float factor)
    {
        int token = ProgramId(0, x.Extent0);
        var heads = Range(0, x.Extent1);
        var d = Range(0, x.Extent2);
        y.Store(token, heads, d, x.Load(token, heads, d) * factor);
    }

    private static void ScaleHeadsReference(KernelCase c)
    {
        double[] x = c.Values("x"), y = c.Output("y");
        for (int i = 0; i < y.Length; i++)
            y[i] = x[i] * c.Scalar("factor");
    }
}

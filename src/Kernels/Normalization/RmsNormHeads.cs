using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Root-mean-square normalization of heads.</content>
public static partial class Normalization
{
    /// <summary>
    /// Root-mean-square normalization of each head by itself, as queries and keys are normalized in Qwen3 and Gemma 3: y = x / sqrt(mean(x^2) + epsilon) * weight
    /// (Henry et al., "Query-Key Normalization for Transformers", 2020, with the norm of Zhang and Sennrich, 2019, equation 4). A NaN in a head makes
    /// that head NaN. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">Queries or keys, [tokens, heads, headDim].</param>
    /// <param name="weight">Gain, [headDim].</param>
    /// <param name="y">Output, [tokens, heads, headDim].</param>
    /// <param name="epsilon">Added to the mean square; positive.</param>
    [Kernel]
    [Axis("tokens", 1, 5, 33)]
    [Axis("heads", 1, 3, 8)]
    [Axis("headDim", 1, 7, 64, 80, 127, 256)]
    [Reference(nameof(RmsNormHeadsReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void RmsNormHeads(
        [Shape("tokens", "heads", "headDim")] View3<float> x,
        [Shape("headDim")] View1<float> weight,
        [Shape("tokens", "heads", "headDim")] View3<float> y,
        [Value(1e-5f)] float epsilon)
    {
        int token = ProgramId(0, x.Extent0);
        var heads = Range(0, x.Extent1);
        var d = Range(0, x.Extent2);
        var v = x.Load(token, heads, d);
        var scale = Rsqrt((Sum(v * v, axis: 1) / x.Extent2) + epsilon);
        y.Store(token, heads, d, v * Col(scale) * Row(weight.Load(d)));
    }

    private static void RmsNormHeadsReference(KernelCase c)
    {
        double[] x = c.Values("x"), weight = c.Values("weight"), y = c.Output("y");
        int dim = weight.Length;
        for (int head = 0; head < x.Length; head += dim)
        {
            double square = 0;
            for (int i = 0; i < dim; i++)
                square += x[head + i] * x[head + i];
            double root = Math.Sqrt((square / dim) + c.Scalar("epsilon"));
            for (int i = 0; i < dim; i++)
                y[head + i] = x[head + i] / root * weight[i];
        }
    }
}

using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Adam with decoupled weight decay.</content>
public static partial class Optimization
{
    /// <summary>
    /// One step of AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2, with the schedule multiplied into the
    /// learning rate): with g = gradientScale * gradient,
    /// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, w = w - learningRate (m correction1 / (sqrt(v correction2) + epsilon) + decay w).
    /// The weights are also written, rounded, where the forward pass reads them. A NaN of an element stays with that element.
    /// </summary>
    /// <param name="weights">Master weights, [count].</param>
    /// <param name="gradient">Their gradient, [count].</param>
    /// <param name="m">First moments, [count].</param>
    /// <param name="v">Second moments, [count]; not negative.</param>
    /// <param name="working">Takes the weights, [count]; <paramref name="weights"/> itself if those are used.</param>
    /// <param name="gradientScale">Factor of the gradient: below 1 where its norm is clipped.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="beta1">How much of the first moments stays.</param>
    /// <param name="beta2">How much of the second moments stays.</param>
    /// <param name="epsilon">Added to the root of the second moments.</param>
    /// <param name="decay">Weight decay, 0 for none.</param>
    /// <param name="correction1">1 / (1 - beta1^step): the moments start at 0 (Kingma and Ba, "Adam", 2015, section 3).</param>
    /// <param name="correction2">1 / (1 - beta2^step).</param>
    /// <param name="block">Elements a program.</param>
    /// <typeparam name="T">Element type of the weights that the forward pass reads.</typeparam>
    [Kernel]
    [Axis("count", 1, 7, 8, 9, 31, 32, 33, 127, 4095)]
    [Reference(nameof(AdamWReference))]
    [Tolerance(typeof(float), 1e-6)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void AdamW<[Elements(typeof(float), typeof(BFloat16))] T>(
        [Shape("count")] [Accumulated] View1<float> weights,
        [Shape("count")] View1<float> gradient,
        [Shape("count")] [Accumulated] View1<float> m,
        [Shape("count")] [Accumulated] [Range(0, 1)] View1<float> v,
        [Shape("count")] View1<T> working,
        [Value(0.5f)] float gradientScale,
        [Value(0.125f)] float learningRate,
        [Value(0.75f)] float beta1,
        [Value(0.875f)] float beta2,
        [Value(0.03125f)] float epsilon,
        [Value(0.25f)] float decay,
        [Value(4f)] float correction1,
        [Value(8f)] float correction2,
        [Schedule(Cpu = 4096, OpenCl = 256, Cuda = 1024)] int block)
        where T : unmanaged
    {
        var i = ProgramRange(0, weights.Extent0, block);
        var g = gradient.Load(i) * gradientScale;
        var first = (m.Load(i) * beta1) + (g * (1f - beta1));
        var second = (v.Load(i) * beta2) + (g * g * (1f - beta2));
        var w = weights.Load(i);
        var step = (first * correction1 / (Sqrt(second * correction2) + epsilon)) + (w * decay);
        var next = w - (step * learningRate);
        m.Store(i, first);
        v.Store(i, second);
        weights.Store(i, next);
        working.Store(i, next);
    }

    private static void AdamWReference(KernelCase c)
    {
        double[] w = c.Values("weights"), g = c.Values("gradient"), m = c.Values("m"), v = c.Values("v");
        double[] nextW = c.Output("weights"), nextM = c.Output("m"), nextV = c.Output("v"), working = c.Output("working");
        double beta1 = c.Scalar("beta1"), beta2 = c.Scalar("beta2"), rate = c.Scalar("learningRate");
        for (int i = 0; i < w.Length; i++)
        {
            double gradient = g[i] * c.Scalar("gradientScale");
            nextM[i] = (beta1 * m[i]) + ((1 - beta1) * gradient);
            nextV[i] = (beta2 * v[i]) + ((1 - beta2) * gradient * gradient);
            double step = nextM[i] * c.Scalar("correction1") / (Math.Sqrt(nextV[i] * c.Scalar("correction2")) + c.Scalar("epsilon"));
            nextW[i] = working[i] = w[i] - (rate * (step + (c.Scalar("decay") * w[i])));

            // Differences: of moment and gradient, and of weight and step.
            c.Magnitude("m")[i] = Math.Abs(beta1 * m[i]) + Math.Abs((1 - beta1) * gradient);
            c.Magnitude("weights")[i] = c.Magnitude("working")[i] = Math.Abs(w[i]) + (rate * Math.Abs(step)) + (rate * c.Magnitude("m")[i]);
        }
    }
}

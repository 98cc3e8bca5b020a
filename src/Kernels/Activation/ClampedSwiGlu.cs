using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gated linear unit of gpt-oss.</content>
public static partial class Activation
{
    /// <summary>
    /// SwiGLU with bounds, a slope and an offset: y = g sigmoid(slope g) (u + 1) with g = min(gate, limit) and u = up cut to [-limit, limit] (OpenAI, "gpt-oss",
    /// 2025, section 2.3 and its code). NaN in either input gives NaN. <paramref name="y"/> may be <paramref name="gate"/> or <paramref name="up"/>.
    /// </summary>
    /// <param name="gate">[rows, cols].</param>
    /// <param name="up">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="slope">1.702 in gpt-oss.</param>
    /// <param name="limit">7 in gpt-oss; positive.</param>
    /// <param name="block">Columns a program.</param>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(ClampedSwiGluReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void ClampedSwiGlu(
        [Shape("rows", "cols")] View2<float> gate,
        [Shape("rows", "cols")] View2<float> up,
        [Shape("rows", "cols")] View2<float> y,
        [Value(1.702f)] float slope,
        [Value(0.8f)] float limit,
        [Schedule(Cpu = 1024, OpenCl = 256, Cuda = 2048)] int block)
    {
        int row = ProgramId(1, gate.Extent0);
        var cols = ProgramRange(0, gate.Extent1, block);
        var given = gate.Load(row, cols);
        var value = up.Load(row, cols);
        var g = Where(given > limit, limit, given);
        var u = Where(value > limit, limit, Where(value < -limit, -limit, value));
        y.Store(row, cols, g * Sigmoid(slope * g) * (u + 1f));
    }

    private static void ClampedSwiGluReference(KernelCase c)
    {
        double[] gate = c.Values("gate"), up = c.Values("up"), y = c.Output("y"), magnitude = c.Magnitude("y");
        double slope = c.Scalar("slope"), limit = c.Scalar("limit");
        for (int i = 0; i < y.Length; i++)
        {
            double g = Math.Min(gate[i], limit), u = Math.Clamp(up[i], -limit, limit);
            y[i] = g / (1 + Math.Exp(-slope * g)) * (u + 1);
            magnitude[i] = Math.Abs(g) * (Math.Abs(u) + 1);
        }
    }
}

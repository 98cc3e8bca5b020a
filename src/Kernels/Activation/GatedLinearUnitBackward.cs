using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>The gradient of gated linear units.</content>
public static partial class Activation
{
    /// <summary>The gradients of <see cref="GatedLinearUnit"/>, added to what is there. NaN in an input gives NaN.</summary>
    /// <param name="gate">[rows, cols].</param>
    /// <param name="up">[rows, cols].</param>
    /// <param name="dy">Gradient of the output, [rows, cols].</param>
    /// <param name="dgate">Gradient of the gate, [rows, cols].</param>
    /// <param name="dup">Gradient of up, [rows, cols].</param>
    /// <param name="activation">The activation of the gate.</param>
    /// <param name="block">Columns a program.</param>
    /// <typeparam name="T">Element type of the activations.</typeparam>
    /// <typeparam name="TActivation">The activation.</typeparam>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(GatedLinearUnitBackwardReference))]
    [Tolerance(typeof(float), 4e-6)]
    public static void GatedLinearUnitBackward<[Elements(typeof(float), typeof(BFloat16))] T, [Functors(typeof(Silu))] TActivation>(
        [Shape("rows", "cols")] View2<T> gate,
        [Shape("rows", "cols")] View2<T> up,
        [Shape("rows", "cols")] View2<float> dy,
        [Shape("rows", "cols")] [Accumulated] View2<float> dgate,
        [Shape("rows", "cols")] [Accumulated] View2<float> dup,
        TActivation activation,
        [Schedule(Cpu = 1024, OpenCl = 256, Cuda = 2048)] int block)
        where T : unmanaged
        where TActivation : struct, IActivation<TActivation>
    {
        int row = ProgramId(1, gate.Extent0);
        var cols = ProgramRange(0, gate.Extent1, block);
        var x = gate.Load(row, cols);
        var s = Sigmoid(x);
        var g = dy.Load(row, cols);
        dgate.Store(row, cols, dgate.Load(row, cols) + (g * up.Load(row, cols) * s * (1f + (x * (1f - s)))));
        dup.Store(row, cols, dup.Load(row, cols) + (g * TActivation.Apply(activation, x)));
    }

    private static void GatedLinearUnitBackwardReference(KernelCase c)
    {
        double[] gate = c.Values("gate"), up = c.Values("up"), dy = c.Values("dy"), dgate = c.Output("dgate"), dup = c.Output("dup");
        double[] gateSize = c.Magnitude("dgate"), upSize = c.Magnitude("dup");
        for (int i = 0; i < dy.Length; i++)
        {
            double s = 1 / (1 + Math.Exp(-gate[i]));
            gateSize[i] = Math.Abs(dgate[i]) + Math.Abs(dy[i] * up[i] * s * (1 + Math.Abs(gate[i])));
            upSize[i] = Math.Abs(dup[i]) + Math.Abs(dy[i] * gate[i]);
            dgate[i] += dy[i] * up[i] * s * (1 + (gate[i] * (1 - s)));
            dup[i] += dy[i] * gate[i] * s;
        }
    }
}

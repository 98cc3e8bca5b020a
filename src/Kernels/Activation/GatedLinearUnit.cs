using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Gated linear units.</content>
public static partial class Activation
{
    /// <summary>
    /// A gated linear unit: y = activation(gate) * up (Shazeer, "GLU Variants Improve Transformer", 2020, equations 5 and 6, without the
    /// products with matrices). With <see cref="Silu"/> it is SwiGLU, with <see cref="GeluTanh"/> or <see cref="GeluErf"/> GeGLU. NaN in
    /// either input gives NaN. <paramref name="y"/> may be <paramref name="gate"/> or <paramref name="up"/>.
    /// </summary>
    /// <param name="gate">[rows, cols].</param>
    /// <param name="up">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="activation">The activation of the gate.</param>
    /// <param name="block">Columns a program.</param>
    /// <typeparam name="T">Element type of the activations.</typeparam>
    /// <typeparam name="TActivation">The activation.</typeparam>
    [Kernel]
    [Differentiable(nameof(gate), nameof(up), Tolerance = 4e-6)]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(GatedLinearUnitReference))]
    [Tolerance(typeof(float), 2e-6)]
    [Tolerance(typeof(Half), 6e-4)]
    [Tolerance(typeof(BFloat16), 5e-3)]
    public static void GatedLinearUnit<[Elements(typeof(float), typeof(Half), typeof(BFloat16))] T, TActivation>(
        [Shape("rows", "cols")] View2<T> gate,
        [Shape("rows", "cols")] View2<T> up,
        [Shape("rows", "cols")] View2<T> y,
        TActivation activation,
        [Schedule(Cpu = 1024, OpenCl = 256, Cuda = 2048)] int block)
        where T : unmanaged
        where TActivation : struct, IActivation<TActivation>
    {
        int row = ProgramId(1, gate.Extent0);
        var cols = ProgramRange(0, gate.Extent1, block);
        y.Store(row, cols, TActivation.Apply(activation, gate.Load(row, cols)) * up.Load(row, cols));
    }

    private static void GatedLinearUnitReference(KernelCase c)
    {
        double[] gate = c.Values("gate"), up = c.Values("up"), y = c.Output("y"), magnitude = c.Magnitude("y");
        var activation = (IActivationReference)c.Functor("activation");
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = activation.Reference(gate[i]) * up[i];
            magnitude[i] = Math.Abs(gate[i] * up[i]);
        }
    }
}

using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Feed-forward layers without a gate.</content>
public static partial class Activation
{
    /// <summary>
    /// An activation: y = activation(x) (Vaswani et al., "Attention Is All You Need", 2017, section 3.3, with any activation). NaN gives NaN.
    /// <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    /// <param name="x">[rows, cols].</param>
    /// <param name="y">Output, [rows, cols].</param>
    /// <param name="activation">The activation.</param>
    /// <param name="block">Columns a program.</param>
    /// <typeparam name="TActivation">The activation.</typeparam>
    [Kernel]
    [Axis("rows", 1, 7, 33)]
    [Axis("cols", 1, 7, 8, 9, 31, 32, 33, 127, 255, 4095)]
    [Reference(nameof(ActivateReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void Activate<TActivation>(
        [Shape("rows", "cols")] View2<float> x,
        [Shape("rows", "cols")] View2<float> y,
        TActivation activation,
        [Schedule(Cpu = 1024, OpenCl = 256, Cuda = 2048)] int block)
        where TActivation : struct, IActivation<TActivation>
    {
        int row = ProgramId(1, x.Extent0);
        var cols = ProgramRange(0, x.Extent1, block);
        y.Store(row, cols, TActivation.Apply(activation, x.Load(row, cols)));
    }

    private static void ActivateReference(KernelCase c)
    {
        double[] x = c.Values("x"), y = c.Output("y"), magnitude = c.Magnitude("y");
        var activation = (IActivationReference)c.Functor("activation");
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = activation.Reference(x[i]);
            magnitude[i] = Math.Abs(x[i]);
        }
    }
}

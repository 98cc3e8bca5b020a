using static KernelFoundry.Ops;

namespace KernelFoundry.Testing.Tests;

/// <summary>One right kernel and several that are wrong each in its own way; all should double their input.</summary>
public static partial class Specimens
{
    [Kernel]
    [Axis("rows", 1, 5)]
    [Axis("cols", 7, 33, 64)]
    [Reference(nameof(Doubled))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Right([Shape("rows", "cols")] View2<float> x, [Shape("rows", "cols")] View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        y.Store(row, cols, x.Load(row, cols) * 2f);
    }

    [Kernel]
    [Axis("rows", 1, 5)]
    [Axis("cols", 7, 33, 64)]
    [Reference(nameof(Doubled))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Imprecise([Shape("rows", "cols")] View2<float> x, [Shape("rows", "cols")] View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        y.Store(row, cols, x.Load(row, cols) * 2.00001f);
    }

    [Kernel]
    [Axis("rows", 1, 5)]
    [Axis("cols", 7, 33, 63)]
    [Reference(nameof(Doubled))]
    [Tolerance(typeof(float), 1e-6)]
    public static void ForgetsTheTail([Shape("rows", "cols")] View2<float> x, [Shape("rows", "cols")] View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1 / 8 * 8);
        y.Store(row, cols, x.Load(row, cols) * 2f);
    }

    [Kernel]
    [Axis("rows", 1, 5)]
    [Axis("cols", 7, 33, 64)]
    [Reference(nameof(Doubled))]
    [Tolerance(typeof(float), 1e-6)]
    public static void WritesBeyond([Shape("rows", "cols")] View2<float> x, [Shape("rows", "cols")] View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        y.Store(row, cols, x.Load(row, cols) * 2f);
        y.Store(x.Extent0 - 1, x.Extent1, 0f);
    }

    [Kernel]
    [Axis("rows", 1, 5)]
    [Axis("cols", 7, 33, 64)]
    [Reference(nameof(Doubled))]
    [Tolerance(typeof(float), 1e-6)]
    public static void GivesNaN([Shape("rows", "cols")] View2<float> x, [Shape("rows", "cols")] View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        y.Store(row, cols, x.Load(row, cols) * 2f);
        y.Store(0, x.Extent1 - 1, Log(-1f));
    }

    [Kernel]
    [Axis("rows", 3, 5)]
    [Axis("cols", 7, 33, 64)]
    [Reference(nameof(Doubled))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Races([Shape("rows", "cols")] View2<float> x, [Shape("rows", "cols")] View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        y.Store(row, cols, x.Load(row, cols) * 2f);
        y.Store(0, 0, row);
    }

    [Kernel]
    [Axis("rows", 1, 5)]
    [Reference(nameof(Doubled))]
    public static void HasNoTolerance([Shape("rows", 8)] View2<float> x, [Shape("rows", 8)] View2<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        var cols = Range(0, x.Extent1);
        y.Store(row, cols, x.Load(row, cols) * 2f);
    }

    [Kernel]
    [Axis("n", 3, 40)]
    [Reference(nameof(ScaledReference))]
    [Tolerance(typeof(float), 1e-6)]
    public static void Scaled<[Elements(typeof(Half), typeof(Q8_0))] T, TFactor>(
        [Shape("n")] View1<T> x, [Shape("n")] View1<float> y, TFactor factor)
        where T : unmanaged
        where TFactor : struct, IFactor<TFactor>
    {
        var i = Range(0, x.Extent0);
        y.Store(i, TFactor.Scale(factor, x.Load(i), i));
    }

    private static void Doubled(KernelCase c)
    {
        double[] x = c.Values("x"), y = c.Output("y");
        for (int i = 0; i < y.Length; i++)
            y[i] = 2 * x[i];
    }

    private static void ScaledReference(KernelCase c)
    {
        double[] x = c.Values("x"), y = c.Output("y");
        for (int i = 0; i < y.Length; i++)
            y[i] = x[i] * (c.Functor("factor") is PerElement factors ? factors.Factors.Load(i) : 3);
    }
}

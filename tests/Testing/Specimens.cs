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
    [Axis("cols", 7, 31, 63)]
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

    // Named like what rendered code declares itself, calls, or has for words: it must compile, and mean the parameters.
    [Kernel]
    [Axis("rows", 1, 5)]
    [Axis("cols", 7, 33, 64)]
    [Reference(nameof(NamedReference))]
    [Tolerance(typeof(float), 2e-6)]
    public static void Named(
        [Shape("rows", "cols")] View2<float> args, [Shape("cols")] View1<float> shape, [Shape("rows", "cols")] View2<float> scratch,
        [Value(0.25f)] float p0, [Value(0.5f)] float p1, [Value(3)] int p2, [Value(1.5f)] float exp, [Value(0.75f)] float barrier,
        [Value(1.25f)] float args_e1, [Value(2.5f)] float @float, [Value(0.125f)] float lane)
    {
        int kernel = ProgramId(0, args.Extent0);
        var floatLanes0 = Range(0, args.Extent1);
        var global = args.Load(kernel, floatLanes0);
        float vload2 = Sum(Exp(global * p0)) * p1;
        var get_local_id = Max(global, -exp) + (barrier * Exp(-global)) + (args_e1 * shape.Load(floatLanes0)) + (@float * p2) + (vload2 * lane);
        scratch.Store(kernel, floatLanes0, get_local_id);
    }

    private static void NamedReference(KernelCase c)
    {
        double[] x = c.Values("args"), shape = c.Values("shape"), y = c.Output("scratch");
        int cols = c.Extent("args", 1);
        for (int row = 0; row < y.Length / cols; row++)
        {
            ReadOnlySpan<double> values = x.AsSpan(row * cols, cols);
            double sum = 0;
            foreach (double value in values)
                sum += Math.Exp(value * 0.25) * 0.5;
            for (int i = 0; i < cols; i++)
                y[(row * cols) + i] = Math.Max(values[i], -1.5) + (0.75 * Math.Exp(-values[i])) + (1.25 * shape[i]) + (2.5 * 3) + (sum * 0.125);
        }
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

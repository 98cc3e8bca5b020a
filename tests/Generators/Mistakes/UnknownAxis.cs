// KF0008 11:35

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Axis("rows", 1, 7)]
    public static void Bad([Shape("row")] View1<float> x, [Shape("rows")] View1<float> y)
    {
        int row = ProgramId(0, x.Extent0);
        y.Store(row, x.Load(row));
    }
}

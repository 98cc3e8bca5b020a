// KF0008 11:29

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Axis("rows", 1, 7)]
    public static void Bad([Shape("rows", "rows")] View1<float> y)
    {
        y.Store(0, 1f);
    }
}

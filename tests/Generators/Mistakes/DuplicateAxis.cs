// KF0008 11:11

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Axis("rows", 1, 7)]
    [Axis("rows", 9)]
    public static void Bad(View1<float> y)
    {
        y.Store(0, 1f);
    }
}

// KF0010 10:16

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Tolerance(typeof(decimal), 1e-3)]
    public static void Bad(View1<float> y)
    {
        y.Store(0, 1f);
    }
}

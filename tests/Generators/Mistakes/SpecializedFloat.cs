// KF0008 10:45

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> y, [Specialize(1, 2)] float a)
    {
        y.Store(0, a);
    }
}

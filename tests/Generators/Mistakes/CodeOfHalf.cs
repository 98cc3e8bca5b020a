// KF0014 12:20

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<Half> h, View1<float> y)
    {
        y.Store(0, h.LoadCode(0));
    }
}

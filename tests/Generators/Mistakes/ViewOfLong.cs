// KF0010 10:40

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<long> x, View1<float> y)
    {
        y.Store(0, 1f);
    }
}

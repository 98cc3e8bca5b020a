// KF0002 10:49

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> y, long n)
    {
        y.Store(0, 1f);
    }
}

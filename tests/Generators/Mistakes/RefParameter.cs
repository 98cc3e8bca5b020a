// KF0015 10:52

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> y, ref int n)
    {
        y.Store(0, n);
    }
}

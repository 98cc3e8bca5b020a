// KF0017 13:13

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        if (n < 0)
            throw new ArgumentException("n");
        y.Store(0, 1f);
    }
}

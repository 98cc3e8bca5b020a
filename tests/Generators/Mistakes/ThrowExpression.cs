// KF0017 12:33

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(0, n > 0 ? 1f : throw new ArgumentException("n"));
    }
}

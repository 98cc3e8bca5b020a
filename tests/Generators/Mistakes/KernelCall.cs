// KF0001 12:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        Other(x);
    }

    [Kernel]
    public static void Other(View1<float> x) => x.Store(0, 1f);
}

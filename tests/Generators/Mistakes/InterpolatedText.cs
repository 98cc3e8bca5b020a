// KF0003 12:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        var a = $"{n}";
        y.Store(0, 1f);
    }
}

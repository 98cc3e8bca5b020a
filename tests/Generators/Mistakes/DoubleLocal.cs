// KF0002 12:20

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        double a = x.Load(0);
        y.Store(0, (float)a);
    }
}

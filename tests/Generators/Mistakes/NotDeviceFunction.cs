// KF0018 12:20

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(0, Twice(x.Load(0)));
    }

    private static float Twice(float a) => a * 2;
}

// KF0001 13:20
// KF0001 15:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(0, Twice(x.Load(0)));

        static float Twice(float a) => a * 2;
    }
}

// KF0013 14:21

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        for (int k = 1; k < n; k++)
        {
            var i = Range(0, k);
            y.Store(k, Sum(x.Load(i)));
        }
    }
}

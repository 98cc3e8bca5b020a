// KF0007 15:22

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        float total = 0;
        for (int i = 0; i < x.Extent0; i += 16)
        {
            var at = Range(i, 16);
            total += Sum(x.Load(at));
        }

        y.Store(0, total);
    }
}

// KF0001 13:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        float total = 0;
        foreach (int i in new int[4])
            total += x.Load(i);
        y.Store(0, total);
    }
}

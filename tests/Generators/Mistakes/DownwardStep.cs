// KF0001 12:37

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        for (int i = 0; i < n; i += -1)
            y.Store(i, 1f);
    }
}

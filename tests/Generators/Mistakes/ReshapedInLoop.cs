// KF0020 14:13

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        var acc = Zeros(Range(0, 16));
        for (int i = 0; i < n; i++)
            acc = x.Load(Range(0, 32));
        y.Store(Range(0, 16), acc);
    }
}

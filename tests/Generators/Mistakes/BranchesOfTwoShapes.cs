// KF0020 13:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        Tile<float> t;
        if (n > 4)
            t = x.Load(Range(0, 16));
        else
            t = x.Load(Range(0, 32));
        y.Store(0, Sum(t));
    }
}

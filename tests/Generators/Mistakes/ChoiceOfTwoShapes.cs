// KF0020 12:55

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(0, Sum(n > 4 ? x.Load(Range(0, 16)) : x.Load(Range(0, 32))));
    }
}

// KF0002 10:56

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> y, Tile<float> t)
    {
        y.Store(0, Sum(t));
    }
}

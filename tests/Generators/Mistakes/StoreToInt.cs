// KF0014 12:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<int> x)
    {
        x.Store(0, 1f);
    }
}

// KF0008 10:29

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad([Value(4)] View1<float> y)
    {
        y.Store(0, 1f);
    }
}

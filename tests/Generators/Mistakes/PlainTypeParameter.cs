// KF0011 10:28

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad<T>(View1<float> y)
    {
        y.Store(0, 1f);
    }
}

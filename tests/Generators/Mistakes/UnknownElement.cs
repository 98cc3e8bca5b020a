// KF0010 10:53

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad<[Elements(typeof(float), typeof(long))] T>(View1<T> x)
        where T : unmanaged
    {
        var i = Range(0, x.Extent0);
        x.Store(i, x.Load(i) * 2);
    }
}

// KF0006 14:27

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<int> y)
    {
        var a = Range(0, 16);
        var b = Range(0, 32);
        y.StoreInt(0, Sum(a + b));
    }
}

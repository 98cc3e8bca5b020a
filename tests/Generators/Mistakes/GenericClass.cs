// KF0011 10:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample<T>
{
    [Kernel]
    public static void Bad(View1<float> y) => y.Store(0, 1f);
}

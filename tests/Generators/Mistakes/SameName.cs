// KF0011 11:24
// KF0011 14:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> y) => y.Store(0, 1f);

    [Kernel]
    public static void Bad(View2<float> y) => y.Store(0, 0, 1f);
}

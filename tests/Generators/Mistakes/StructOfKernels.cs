// KF0011 10:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public partial struct Sample
{
    [Kernel]
    public static void Bad(View1<float> y) => y.Store(0, 1f);
}

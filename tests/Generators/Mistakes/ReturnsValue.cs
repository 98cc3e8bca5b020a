// KF0011 10:25

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static float Bad(View1<float> y) => y.Load(0);
}

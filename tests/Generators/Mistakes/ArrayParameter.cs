// KF0002 10:52

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> y, float[] values)
    {
        y.Store(0, 1f);
    }
}

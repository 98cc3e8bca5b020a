// KF0024 13:21

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        for (int i = 0; i < n; i++)
            y.Store(ProgramId(0, x.Extent0), 1f);
    }
}

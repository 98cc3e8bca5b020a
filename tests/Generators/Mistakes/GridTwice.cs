// KF0024 13:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        int a = ProgramId(0, x.Extent0);
        int b = ProgramId(0, y.Extent0);
        y.Store(b, x.Load(a));
    }
}

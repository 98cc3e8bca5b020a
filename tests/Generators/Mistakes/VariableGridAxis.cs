// KF0019 12:27

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(ProgramId(n, 4), 1f);
    }
}

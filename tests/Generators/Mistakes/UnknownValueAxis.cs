// KF0008 10:51

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> y, [Value("rows")] int n)
    {
        y.Store(0, n);
    }
}

// KF0017 12:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        try
        {
            y.Store(0, 1f);
        }
        finally
        {
            y.Store(1, 1f);
        }
    }
}

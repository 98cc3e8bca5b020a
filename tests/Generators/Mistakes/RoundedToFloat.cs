// KF0008 9:22
// KF0008 11:22

using System;
using KernelFoundry;

public static partial class Sample
{
    [RoundedProducts(typeof(float), 1e-3)]
    [RoundedProducts(typeof(Half), 1e-3)]
    [RoundedProducts(typeof(Half), 2e-3)]
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y)
    {
        y.Store(0, x.Load(0));
    }
}

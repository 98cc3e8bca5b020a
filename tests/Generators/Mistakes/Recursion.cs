// KF0004 16:68

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(0, Power(x.Load(0), n));
    }

    [DeviceFunction]
    private static float Power(float a, int k) => k == 0 ? 1 : a * Power(a, k - 1);
}

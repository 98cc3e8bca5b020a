// KF0004 19:53

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(0, Even(n));
    }

    [DeviceFunction]
    private static float Even(int k) => k == 0 ? 1 : Odd(k - 1);

    [DeviceFunction]
    private static float Odd(int k) => k == 0 ? 0 : Even(k - 1);
}

// KF0021 19:13

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        y.Store(0, Clamp(x.Load(0)));
    }

    [DeviceFunction]
    private static float Clamp(float a)
    {
        if (a < 0)
            return 0;
        return a;
    }
}

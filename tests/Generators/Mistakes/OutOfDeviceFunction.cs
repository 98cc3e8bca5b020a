// KF0015 12:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        Split(x.Load(0), out float a);
        y.Store(0, a);
    }

    [DeviceFunction]
    private static void Split(float value, out float half) => half = value / 2;
}

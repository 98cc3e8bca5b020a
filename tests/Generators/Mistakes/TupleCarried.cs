// KF0025 13:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        var pair = Pair(0f);
        for (int i = 0; i < n; i++)
            pair = Pair(pair.A);
        y.Store(0, pair.B);
    }

    [DeviceFunction]
    private static (float A, float B) Pair(float a) => (a + 1, a + 2);
}

// KF0001 14:19
// KF0003 16:17
// KF0018 18:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        float a = MathF.Sqrt(x.Load(0));
        float b = a * 2;
        var c = new float[4];
        if (n > 2)
            y.Store(0, Twice(1f));
        y.Store(1, b);
    }

    private static float Twice(float a) => a * 2;
}

// KF0015 13:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        int a = n;
        ref int b = ref a;
        y.Store(0, b);
    }
}

// KF0001 15:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            if (x.Load(i) > 1)
                break;
        }
    }
}

// KF0001 13:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        int i = 0;
        do
        {
            i++;
        }
        while (i < n);
        y.Store(0, i);
    }
}

// KF0001 13:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        float a = 0;
        switch (n)
        {
            case 1:
                a = 1;
                break;
        }

        y.Store(0, a);
    }
}

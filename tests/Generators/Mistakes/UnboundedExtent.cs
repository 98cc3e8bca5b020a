// KF0013 13:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<int> lengths, View1<float> y)
    {
        int count = lengths.LoadInt(0);
        var i = Range(0, count);
        y.Store(i, y.Load(i) * 2);
    }
}

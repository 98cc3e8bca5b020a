// KF0024 12:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<int> counts, View1<float> y)
    {
        y.Store(ProgramId(0, counts.LoadInt(0)), 1f);
    }
}

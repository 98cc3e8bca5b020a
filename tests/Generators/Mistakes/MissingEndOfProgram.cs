// KF0007 12:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, [Schedule(Cpu = 64, OpenCl = 16)] int block)
    {
        var i = Range(ProgramId(0, CeilDiv(x.Extent0, block)) * block, block);
        y.Store(i, x.Load(i));
    }
}

// KF0028 11:29

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y,
        [Schedule(Cpu = 64, CpuChoices = [32, 128])] int block)
    {
        var i = ProgramRange(0, y.Extent0, block);
        y.Store(i, x.Load(i));
    }
}

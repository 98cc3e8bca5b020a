// KF0028 11:29

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y,
        [Schedule(Cpu = 64, CpuChoices = [32, 64])] int block)
    {
        int first = ProgramId(0, y.Extent0) * block;
        var part = x.Load(Range(first, block, x.Extent0));
        y.Store(ProgramId(0, y.Extent0), Inner(part, part));
    }
}

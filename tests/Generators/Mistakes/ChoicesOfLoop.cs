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
        float sum = 0f;
        for (int i = 0; i < x.Extent0; i += block)
            sum += Sum(x.Load(Range(i, block, x.Extent0)));
        y.Store(ProgramId(0, 1), sum);
    }
}

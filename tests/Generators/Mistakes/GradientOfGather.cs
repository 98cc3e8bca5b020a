// KF0029 15:26

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Sample
{
    [Kernel]
    [Differentiable(nameof(table))]
    public static void Bad(View1<int> tokens, View2<float> table, View2<float> y)
    {
        int t = ProgramId(0, tokens.Extent0);
        var cols = Range(0, table.Extent1);
        y.Store(t, cols, table.Load(tokens.LoadInt(t), cols));
    }
}

// KF0011 16:28

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public static partial class Sample
{
    [Kernel]
    public static void Bad<TOp>(View1<float> y, TOp op)
        where TOp : IOperation<TOp>
    {
        y.Store(Range(0, 4), TOp.Apply(op, y.Load(Range(0, 4))));
    }
}

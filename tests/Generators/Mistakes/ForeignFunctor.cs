// KF0008 19:38

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct Other;

public static partial class Sample
{
    [Kernel]
    public static void Bad<[Functors(typeof(Other))] TOp>(View1<float> y, TOp op)
        where TOp : struct, IOperation<TOp>
    {
        var i = Range(0, y.Extent0);
        y.Store(i, TOp.Apply(op, y.Load(i)));
    }
}

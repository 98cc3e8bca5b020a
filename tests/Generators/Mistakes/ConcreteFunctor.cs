// KF0018 25:20

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct Twice : IOperation<Twice>
{
    public static Tile<float> Apply(Twice self, Tile<float> value) => value * 2;
}

public static partial class Sample
{
    [Kernel]
    public static void Bad(View1<float> x, View1<float> y, int n)
    {
        var i = Range(0, x.Extent0);
        y.Store(i, Twice.Apply(default, x.Load(i)));
    }
}

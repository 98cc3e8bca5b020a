// KF0009 14:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct Twice<T> : IOperation<Twice<T>>
{
    public static Tile<float> Apply(Twice<T> self, Tile<float> value) => value * 2;
}

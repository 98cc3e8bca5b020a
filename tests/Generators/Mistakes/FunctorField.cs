// KF0026 16:28

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct Scaled(double factor) : IOperation<Scaled>
{
    public readonly double Factor = factor;

    public static Tile<float> Apply(Scaled self, Tile<float> value) => value;
}

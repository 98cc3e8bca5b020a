// KF0022 16:78

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct Ramp : IOperation<Ramp>
{
    public static Tile<float> Apply(Ramp self, Tile<float> value) => value + Range(0, 16).ToFloat();
}

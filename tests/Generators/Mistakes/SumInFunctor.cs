// KF0022 16:83

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct Normalize : IOperation<Normalize>
{
    public static Tile<float> Apply(Normalize self, Tile<float> value) => value / Sum(value);
}

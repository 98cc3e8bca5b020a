// KF0009 16:29

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public static class Outer
{
    private readonly struct Twice : IOperation<Twice>
    {
        public static Tile<float> Apply(Twice self, Tile<float> value) => value * 2;
    }
}

// KF0009 13:21

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation
{
    static abstract Tile<float> Apply(float factor, Tile<float> value);
}

public sealed class Twice : IOperation
{
    public static Tile<float> Apply(float factor, Tile<float> value) => value * 2;
}

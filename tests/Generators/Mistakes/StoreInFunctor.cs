// KF0022 20:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

[FunctorInterface]
public interface IOperation<TSelf>
    where TSelf : struct, IOperation<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);
}

public readonly struct Tee(View1<float> copy) : IOperation<Tee>
{
    public readonly View1<float> Copy = copy;

    public static Tile<float> Apply(Tee self, Tile<float> value)
    {
        self.Copy.Store(Range(0, 16), value);
        return value;
    }
}

using KernelFoundry;
using static KernelFoundry.Ops;

namespace Samples;

[FunctorInterface]
public interface IScaled<TSelf>
    where TSelf : struct, IScaled<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> value);

    static virtual float Gain(TSelf self, float most) => Min(3f, most);
}

public static partial class Scaling
{
    /// <summary>y = gain * f(x).</summary>
    [Kernel]
    public static void Scale<TScaled>(View1<float> x, View1<float> y, TScaled scaled, float most)
        where TScaled : struct, IScaled<TScaled>
    {
        var i = ProgramRange(0, x.Extent0, 64);
        y.Store(i, TScaled.Apply(scaled, x.Load(i)) * TScaled.Gain(scaled, most));
    }
}

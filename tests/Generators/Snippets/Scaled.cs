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
    [DeviceFunction]
    public static Tile<float> Swish(Tile<float> x, float beta = 1f) => x * Sigmoid(x * beta);

    [DeviceFunction]
    public static float Power(float a, int n)
    {
        float result = 1;
        for (int i = 0; i < n; i++)
            result *= a > 0 ? a : -a;
        return result;
    }

    [DeviceFunction]
    public static float Norm(Tile<float> x) => Sqrt(Sum(x * x));

    /// <summary>y = gain * f(x).</summary>
    [Kernel]
    public static void Scale<TScaled>(View1<float> x, View1<float> y, TScaled scaled, float most)
        where TScaled : struct, IScaled<TScaled>
    {
        var i = ProgramRange(0, x.Extent0, 64);
        y.Store(i, TScaled.Apply(scaled, x.Load(i)) * TScaled.Gain(scaled, most));
    }
}

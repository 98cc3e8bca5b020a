namespace KernelFoundry.Testing.Tests;

[FunctorInterface]
public interface IFactor<TSelf>
    where TSelf : struct, IFactor<TSelf>
{
    static abstract Tile<float> Scale(TSelf self, Tile<float> x, Tile<int> i);
}

public readonly struct Three : IFactor<Three>
{
    public static Tile<float> Scale(Three self, Tile<float> x, Tile<int> i) => x * 3f;
}

public readonly struct PerElement(View1<float> factors) : IFactor<PerElement>
{
    public View1<float> Factors { get; } = factors;

    public static Tile<float> Scale(PerElement self, Tile<float> x, Tile<int> i) => x * self.Factors.Load(i);
}

namespace KernelFoundry.Inference.Models;

/// <summary>A matrix whose rows are looked up and which multiplies nothing.</summary>
internal abstract class LookedUpMatrix(int rows, int columns) : WeightMatrix(rows, columns)
{
    public override bool Fuses => false;

    public override WeightMatrix Slice(int first, int count) => throw NotMultiplied();

    public override void Project(Device device, View2<float> x, View2<float> y) => throw NotMultiplied();

    public override void ProjectNormed(Device device, View2<float> x, View1<float> norm, float epsilon, View2<float> y) => throw NotMultiplied();

    public override void ProjectGatedAndAdd(Device device, View2<float> gate, View2<float> up, View2<float> residual) => throw NotMultiplied();

    public override void ProjectAndAdd(Device device, View2<float> x, View2<float> residual) => throw NotMultiplied();

    public override void ProjectAndGate(Device device, View2<float> x, View2<float> gate) => throw NotMultiplied();

    private static InvalidOperationException NotMultiplied() => new("Embeddings that are only looked up were to be multiplied.");
}

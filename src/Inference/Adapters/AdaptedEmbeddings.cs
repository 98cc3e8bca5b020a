using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Adapters;

/// <summary>Embeddings with adapters at run time: of each, a short row is looked up and made long, and added.</summary>
/// <param name="embeddings">The embeddings.</param>
/// <param name="updates">What is added: B, [tokens of the vocabulary, rank], and A transposed, [columns, rank].</param>
/// <param name="scratch">Room for what is between.</param>
internal sealed class AdaptedEmbeddings(WeightMatrix embeddings, IReadOnlyList<DeviceUpdate> updates, AdapterScratch scratch) : WeightMatrix(embeddings.Rows, embeddings.Columns)
{
    public override bool Fuses => false;

    public override WeightMatrix Slice(int first, int count) => throw NotMultiplied();

    public override void Embed(Device device, View1<int> tokens, View2<float> y, float scale)
    {
        embeddings.Embed(device, tokens, y, scale);
        for (int i = 0; i < updates.Count; i++)
        {
            DeviceUpdate update = updates[i];
            if (update.Adapter.Scale == 0)
                continue;
            View2<float> hidden = scratch.Hidden(y.Extent0, update.A.Columns);
            update.B.Embed(device, tokens, hidden, scale * update.Scale * update.Adapter.Scale);
            update.A.ProjectAndAdd(device, hidden, y);
        }
    }

    public override void Project(Device device, View2<float> x, View2<float> y) => throw NotMultiplied();

    public override void ProjectNormed(Device device, View2<float> x, View1<float> norm, float epsilon, View2<float> y) => throw NotMultiplied();

    public override void ProjectGatedAndAdd(Device device, View2<float> gate, View2<float> up, View2<float> residual) => throw NotMultiplied();

    public override void ProjectAndAdd(Device device, View2<float> x, View2<float> residual) => throw NotMultiplied();

    public override void ProjectAndGate(Device device, View2<float> x, View2<float> gate) => throw NotMultiplied();

    private static InvalidOperationException NotMultiplied() => new("Embeddings with adapters are looked up, and were to be multiplied.");
}

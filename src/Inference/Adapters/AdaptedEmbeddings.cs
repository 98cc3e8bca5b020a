using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Adapters;

/// <summary>Embeddings with adapters at run time: of each, a short row is looked up and made long, and added.</summary>
/// <param name="embeddings">The embeddings.</param>
/// <param name="updates">What is added: B, [tokens of the vocabulary, rank], and A transposed, [columns, rank].</param>
/// <param name="scratch">Room for what is between.</param>
internal sealed class AdaptedEmbeddings(WeightMatrix embeddings, IReadOnlyList<DeviceUpdate> updates, AdapterScratch scratch) : LookedUpMatrix(embeddings.Rows, embeddings.Columns)
{
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
}

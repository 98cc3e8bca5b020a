using KernelFoundry.Inference.Models;

namespace KernelFoundry.Training.Model;

/// <summary>Queries, keys and values side by side, and each as heads.</summary>
/// <param name="All">[tokens, (heads + 2 kvHeads) * headDim].</param>
/// <param name="Queries">[tokens, heads, headDim].</param>
/// <param name="Keys">[tokens, kvHeads, headDim].</param>
/// <param name="Values">[tokens, kvHeads, headDim].</param>
/// <param name="Turned">Queries and keys, which are turned to their positions, [tokens, heads + kvHeads, headDim].</param>
internal sealed record ProjectedHeads(View2<float> All, View3<float> Queries, View3<float> Keys, View3<float> Values, View3<float> Turned)
{
    public static ProjectedHeads Take(DeviceBuffers buffers, ModelConfiguration model, int tokens)
    {
        View2<float> all = buffers.Take(tokens, model.QueryLength + (2 * model.KeyValueLength));
        return new ProjectedHeads(
            all, Heads(0, model.Heads), Heads(model.QueryLength, model.KeyValueHeads), Heads(model.QueryLength + model.KeyValueLength, model.KeyValueHeads),
            Heads(0, model.Heads + model.KeyValueHeads));

        View3<float> Heads(int first, int heads) =>
            new(all.Memory!, all.ByteOffset + (first * sizeof(float)), (tokens, heads, model.HeadDim), (all.Stride0, model.HeadDim));
    }
}

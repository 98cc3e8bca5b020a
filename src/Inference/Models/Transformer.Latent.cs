using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <content>
/// Multi-head latent attention as attention of many queries on one key a position (DeepSeek-V2, 2024, section 2.1.2): what makes keys of short vectors is multiplied
/// to the queries instead, what makes values of them to the outputs. A head's query, and the key, are the turned elements and then those of the short vector, which is the value too.
/// </content>
public sealed partial class Transformer
{
    private void ProjectLatent(LayerWeights layer, LatentWeights weights, ActivationViews a)
    {
        LatentConfiguration latent = Configuration.Latent!;
        int tokens = a.Tokens.Extent0, turned = Configuration.RotaryDims, dim = latent.PlainDims + turned;
        Norm(a.Residual, layer.AttentionNorm!, a.Normed);
        View2<float> query = _latent!.Query.Slice(0, 0, tokens), shared = _latent.KeyValue.Slice(0, 0, tokens);
        ProjectQuery(weights, a.Normed, _latent.LowQuery.Slice(0, 0, tokens), query);
        weights.KeyValueDown.Project(_device, a.Normed, shared);

        View2<float> key = a.Projected.Slice(1, Configuration.QueryLength, Configuration.HeadDim);
        Norm(shared.Slice(1, 0, latent.KeyValueRank), weights.KeyValueNorm, key.Slice(1, turned, latent.KeyValueRank));
        Copy(Heads(shared, latent.KeyValueRank, 1, Configuration.HeadDim), a.KeyHeads.Slice(2, 0, turned));
        Copy(Heads(query, latent.PlainDims, Configuration.Heads, dim), a.QueryHeads.Slice(2, 0, turned));
        for (int head = 0; head < Configuration.Heads; head++)
        {
            weights.Keys[head].Project(
                _device, query.Slice(1, head * dim, latent.PlainDims), a.Projected.Slice(1, (head * Configuration.HeadDim) + turned, latent.KeyValueRank));
        }

        void Copy(View3<float> from, View3<float> to) => Elementwise.ScaleHeads(_device, from, to, 1);

        View3<float> Heads(View2<float> rows, int first, int heads, int stride) => new(
            rows.Memory!, rows.ByteOffset + (first * sizeof(float)), (tokens, heads, turned), (rows.Stride0, stride));
    }

    private void ProjectQuery(LatentWeights weights, View2<float> x, View2<float> low, View2<float> query)
    {
        if (weights.QueryDown is not { } down)
        {
            weights.Query.Project(_device, x, query);
            return;
        }

        down.Project(_device, x, low);
        Norm(low, weights.QueryNorm!, low);
        weights.Query.Project(_device, low, query);
    }

    // The outputs of attention are short vectors behind elements that nobody asks for.
    private View2<float> ExpandValues(LatentWeights weights, ActivationViews a)
    {
        LatentConfiguration latent = Configuration.Latent!;
        View2<float> values = _latent!.Values.Slice(0, 0, a.Tokens.Extent0);
        for (int head = 0; head < Configuration.Heads; head++)
        {
            View2<float> attended = a.Attended.Slice(1, (head * Configuration.HeadDim) + Configuration.RotaryDims, latent.KeyValueRank);
            weights.Values[head].Project(_device, attended, values.Slice(1, head * latent.ValueDims, latent.ValueDims));
        }

        return values;
    }
}

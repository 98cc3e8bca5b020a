using KernelFoundry.Inference.Models;

namespace KernelFoundry.Training.Model;

/// <summary>What a layer computes on its way forward and needs on its way back, for all tokens of a batch.</summary>
internal sealed record LayerActivations
{
    public LayerActivations(DeviceBuffers buffers, ModelConfiguration model, int tokens)
    {
        Normed = buffers.Take(tokens, model.EmbeddingLength);
        Projected = ProjectedHeads.Take(buffers, model, tokens);
        Attended = buffers.Take(tokens, model.QueryLength);
        AttendedHeads = Attended.Reshape(tokens, model.Heads, model.HeadDim);
        LogSums = buffers.Take(model.Heads, tokens);
        Middle = buffers.Take(tokens, model.EmbeddingLength);
        MiddleNormed = buffers.Take(tokens, model.EmbeddingLength);
        GateUp = buffers.Take(tokens, 2 * model.FeedForwardLength);
        Gate = GateUp.Slice(1, 0, model.FeedForwardLength);
        Up = GateUp.Slice(1, model.FeedForwardLength, model.FeedForwardLength);
        Gated = buffers.Take(tokens, model.FeedForwardLength);
    }

    /// <summary>Input of the projections, [tokens, embedding].</summary>
    public View2<float> Normed { get; }

    /// <summary>Queries and keys, turned to their positions, and values.</summary>
    public ProjectedHeads Projected { get; }

    /// <summary>Outputs of attention, [tokens, heads * headDim].</summary>
    public View2<float> Attended { get; }

    /// <summary>The same, [tokens, heads, headDim].</summary>
    public View3<float> AttendedHeads { get; }

    /// <summary>Logarithms of the sums that softmax divided by, [heads, tokens].</summary>
    public View2<float> LogSums { get; }

    /// <summary>The residual stream between attention and feed-forward layer, [tokens, embedding].</summary>
    public View2<float> Middle { get; }

    /// <summary>Input of the feed-forward layer, [tokens, embedding].</summary>
    public View2<float> MiddleNormed { get; }

    /// <summary>Gate and up projection side by side, [tokens, 2 feedForward].</summary>
    public View2<float> GateUp { get; }

    /// <summary>[tokens, feedForward].</summary>
    public View2<float> Gate { get; }

    /// <summary>[tokens, feedForward].</summary>
    public View2<float> Up { get; }

    /// <summary>silu(gate) * up, [tokens, feedForward].</summary>
    public View2<float> Gated { get; }
}

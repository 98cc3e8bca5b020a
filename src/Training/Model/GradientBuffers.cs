using KernelFoundry.Inference.Models;

namespace KernelFoundry.Training.Model;

/// <summary>Gradients of what one layer computed: the same memory for every layer.</summary>
internal sealed record GradientBuffers
{
    public GradientBuffers(DeviceBuffers buffers, ModelConfiguration model, int tokens)
    {
        Residual = buffers.Take(tokens, model.EmbeddingLength);
        Normed = buffers.Take(tokens, model.EmbeddingLength);
        Projected = ProjectedHeads.Take(buffers, model, tokens);
        Attended = buffers.Take(tokens, model.QueryLength);
        AttendedHeads = Attended.Reshape(tokens, model.Heads, model.HeadDim);
        Delta = buffers.Take(model.Heads, tokens);
        GateUp = buffers.Take(tokens, 2 * model.FeedForwardLength);
        Gate = GateUp.Slice(1, 0, model.FeedForwardLength);
        Up = GateUp.Slice(1, model.FeedForwardLength, model.FeedForwardLength);
        Gated = buffers.Take(tokens, model.FeedForwardLength);
    }

    /// <summary>Of the residual stream, from the last layer to the embeddings, [tokens, embedding].</summary>
    public View2<float> Residual { get; }

    /// <summary>Of a norm's output, [tokens, embedding].</summary>
    public View2<float> Normed { get; }

    /// <summary>Of queries and keys after they were turned, and then before; and of values.</summary>
    public ProjectedHeads Projected { get; }

    /// <summary>Of the outputs of attention, [tokens, heads * headDim].</summary>
    public View2<float> Attended { get; }

    /// <summary>The same, [tokens, heads, headDim].</summary>
    public View3<float> AttendedHeads { get; }

    /// <summary>Products of attention's outputs with their gradients, [heads, tokens].</summary>
    public View2<float> Delta { get; }

    /// <summary>[tokens, 2 feedForward].</summary>
    public View2<float> GateUp { get; }

    /// <summary>[tokens, feedForward].</summary>
    public View2<float> Gate { get; }

    /// <summary>[tokens, feedForward].</summary>
    public View2<float> Up { get; }

    /// <summary>[tokens, feedForward].</summary>
    public View2<float> Gated { get; }
}

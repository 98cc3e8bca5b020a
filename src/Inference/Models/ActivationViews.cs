namespace KernelFoundry.Inference.Models;

/// <summary>What a number of tokens going through the model at once write and read, as the views that kernels take.</summary>
internal sealed record ActivationViews
{
    /// <summary>Token ids, [tokens].</summary>
    public required View1<int> Tokens { get; init; }

    /// <summary>The residual stream, [tokens, embedding].</summary>
    public required View2<float> Residual { get; init; }

    /// <summary>Input of a layer's projections, [tokens, embedding].</summary>
    public required View2<float> Normed { get; init; }

    /// <summary>Input of a feed-forward layer that is parallel to attention and has a norm of its own, [tokens, embedding]; otherwise empty.</summary>
    public required View2<float> FeedForwardInput { get; init; }

    /// <summary>What attention or the feed-forward layer give, before it is added to the residual stream, [tokens, embedding]; empty where they add it themselves.</summary>
    public required View2<float> Branch { get; init; }

    /// <summary>Queries, keys before they are turned, and values, side by side, [tokens, (heads + 2 kvHeads) * headDim].</summary>
    public required View2<float> Projected { get; init; }

    /// <summary>The queries, [tokens, heads, headDim].</summary>
    public required View3<float> QueryHeads { get; init; }

    /// <summary>The keys, [tokens, kvHeads, headDim].</summary>
    public required View3<float> KeyHeads { get; init; }

    /// <summary>The values, [tokens, kvHeads, headDim]; where attention is latent, the keys.</summary>
    public required View3<float> ValueHeads { get; init; }

    /// <summary>Outputs of attention, [tokens, heads * headDim].</summary>
    public required View2<float> Attended { get; init; }

    /// <summary>The same, [tokens, heads, headDim].</summary>
    public required View3<float> AttendedHeads { get; init; }

    /// <summary>Gate of the feed-forward layer, then its product with the up projection, [tokens, feedForward].</summary>
    public required View2<float> Gate { get; init; }

    /// <summary>Up projection where it is not multiplied by the gate at once, [tokens, feedForward]; otherwise empty.</summary>
    public required View2<float> Up { get; init; }

    /// <summary>Of one token, gate and up projection side by side, [1, 2 * feedForward]: <see cref="Gate"/> and <see cref="Up"/> are its halves. Of more, empty.</summary>
    public View2<float> GateUp { get; init; }

    /// <summary>The part that the first <paramref name="count"/> tokens use.</summary>
    public ActivationViews Take(int count) => this with
    {
        Tokens = Tokens.Slice(0, count),
        Residual = Residual.Slice(0, 0, count),
        Normed = Normed.Slice(0, 0, count),
        FeedForwardInput = Taken(FeedForwardInput, count),
        Branch = Taken(Branch, count),
        Projected = Projected.Slice(0, 0, count),
        QueryHeads = QueryHeads.Slice(0, 0, count),
        KeyHeads = KeyHeads.Slice(0, 0, count),
        ValueHeads = ValueHeads.Slice(0, 0, count),
        Attended = Attended.Slice(0, 0, count),
        AttendedHeads = AttendedHeads.Slice(0, 0, count),
        Gate = Gate.Slice(0, 0, count),
        Up = Taken(Up, count),
    };

    private static View2<float> Taken(View2<float> view, int count) => view.Memory is null ? view : view.Slice(0, 0, count);
}

namespace KernelFoundry.Inference.Hooks;

/// <summary>
/// Keeps where the heads of a layer look: softmax's weights of every token that goes through it. <see cref="LayerHooks.Attention"/> gives them. They are worked
/// out on the host in double precision, of the queries and cached keys that the layer itself reads: as many numbers a head as there are positions, for every token.
/// </summary>
/// <param name="Layer">Which layer, by the stream it reads: 0 is the first, which reads the embedding.</param>
public sealed record CaptureAttention(int Layer) : LayerHook(Layer)
{
    /// <summary>Which query heads; null for all.</summary>
    public IReadOnlyList<int>? Heads { get; init; }
}

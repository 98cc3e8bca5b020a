namespace KernelFoundry.Training.Model;

/// <summary>One layer while it learns.</summary>
/// <param name="AttentionNorm">Norm before attention.</param>
/// <param name="Attention">Queries, keys and values, [(heads + 2 kvHeads) * headDim, embedding].</param>
/// <param name="AttentionOutput">[embedding, heads * headDim].</param>
/// <param name="FeedForwardNorm">Norm before the feed-forward layer.</param>
/// <param name="GateUp">Gate and up projection, [2 feedForward, embedding].</param>
/// <param name="Down">[embedding, feedForward].</param>
/// <typeparam name="T">Element type of the weights.</typeparam>
internal sealed record TrainedLayer<T>(
    TrainedNorm AttentionNorm, TrainedLinear<T> Attention, TrainedLinear<T> AttentionOutput, TrainedNorm FeedForwardNorm, TrainedLinear<T> GateUp, TrainedLinear<T> Down)
    where T : unmanaged;

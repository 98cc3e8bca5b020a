namespace KernelFoundry.Inference.Hooks;

/// <summary>Where a token looks, in one layer.</summary>
/// <param name="Position">Its position in its sequence.</param>
/// <param name="Heads">The query heads, in their order.</param>
/// <param name="Weights">
/// Softmax's weight of every position, [heads][positions]: 0 where the layer does not look. They sum to 1, or to less where a head has a sink, which takes the rest. A
/// node of a tree has the weights of the sequence's positions and behind them of the tree's nodes, in their order.
/// </param>
public sealed record AttentionMap(int Position, IReadOnlyList<int> Heads, IReadOnlyList<float[]> Weights);

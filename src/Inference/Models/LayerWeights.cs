namespace KernelFoundry.Inference.Models;

/// <summary>The weights of one layer; <see cref="TensorNames"/> has their shapes.</summary>
internal sealed record LayerWeights
{
    public required NormWeights AttentionNorm { get; init; }

    public required WeightMatrix Query { get; init; }

    public required WeightMatrix Key { get; init; }

    public required WeightMatrix Value { get; init; }

    public required WeightMatrix AttentionOutput { get; init; }

    public required NormWeights FeedForwardNorm { get; init; }

    public required WeightMatrix Gate { get; init; }

    public required WeightMatrix Up { get; init; }

    public required WeightMatrix Down { get; init; }
}

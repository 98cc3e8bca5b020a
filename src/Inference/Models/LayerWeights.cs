namespace KernelFoundry.Inference.Models;

/// <summary>The weights of one layer; <see cref="TensorNames"/> has their shapes.</summary>
internal sealed record LayerWeights
{
    public required NormWeights AttentionNorm { get; init; }

    /// <summary>Queries, keys and values.</summary>
    public required Projection Attention { get; init; }

    public required WeightMatrix AttentionOutput { get; init; }

    public required NormWeights FeedForwardNorm { get; init; }

    /// <summary>Gate and up projection.</summary>
    public required Projection GateUp { get; init; }

    /// <summary>The gate's part of <see cref="GateUp"/>.</summary>
    public required WeightMatrix Gate { get; init; }

    /// <summary>The up projection's part of <see cref="GateUp"/>.</summary>
    public required WeightMatrix Up { get; init; }

    public required WeightMatrix Down { get; init; }
}

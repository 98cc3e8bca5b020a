namespace KernelFoundry.Inference.Models;

/// <summary>The weights of multi-head latent attention; <see cref="TensorNames"/> has their shapes.</summary>
internal sealed record LatentWeights
{
    /// <summary>What makes the short vector of queries; null where they are made of the input.</summary>
    public WeightMatrix? QueryDown { get; init; }

    public NormWeights? QueryNorm { get; init; }

    public required WeightMatrix Query { get; init; }

    /// <summary>What makes the short vector of keys and values, and the elements of keys that are turned.</summary>
    public required WeightMatrix KeyValueDown { get; init; }

    public required NormWeights KeyValueNorm { get; init; }

    /// <summary>Of each head, what takes its query to where keys are short vectors.</summary>
    public required IReadOnlyList<WeightMatrix> Keys { get; init; }

    /// <summary>Of each head, what makes its output of short vectors.</summary>
    public required IReadOnlyList<WeightMatrix> Values { get; init; }
}

namespace KernelFoundry.Inference.Models;

/// <summary>The weights of a mixture of experts; <see cref="TensorNames"/> has their shapes.</summary>
internal sealed record ExpertWeights
{
    /// <summary>What gives the router's logits.</summary>
    public required WeightMatrix Router { get; init; }

    /// <summary>[experts]; empty for none.</summary>
    public View1<float> RouterBias { get; init; }

    /// <summary>On the host, [experts]; empty for none.</summary>
    public required float[] SelectionBias { get; init; }

    /// <summary>One an expert.</summary>
    public required IReadOnlyList<ExpertMatrices> Experts { get; init; }

    /// <summary>What all tokens go through besides; null for none.</summary>
    public FeedForwardWeights? Shared { get; init; }

    /// <summary>The gate of <see cref="Shared"/>, [1, embedding]; null for none.</summary>
    public WeightMatrix? SharedGate { get; init; }
}

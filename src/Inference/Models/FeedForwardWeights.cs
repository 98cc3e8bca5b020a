namespace KernelFoundry.Inference.Models;

/// <summary>The weights of a feed-forward layer; <see cref="TensorNames"/> has their shapes.</summary>
internal sealed record FeedForwardWeights
{
    /// <summary>Gate and up projection; the up projection alone where there is no gate.</summary>
    public required Projection GateUp { get; init; }

    /// <summary>The gate's part of <see cref="GateUp"/>; null where there is no gate.</summary>
    public WeightMatrix? Gate { get; init; }

    /// <summary>The up projection's part of <see cref="GateUp"/>.</summary>
    public required WeightMatrix Up { get; init; }

    /// <summary>[feedForward]; empty for none.</summary>
    public View1<float> GateBias { get; init; }

    /// <summary>[feedForward]; empty for none.</summary>
    public View1<float> UpBias { get; init; }

    public required ResidualBranch Down { get; init; }

    /// <summary>Whether it is SwiGLU without biases, whose launches are fused.</summary>
    public bool IsFused { get; init; }
}

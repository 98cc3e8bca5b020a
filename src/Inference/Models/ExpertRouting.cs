namespace KernelFoundry.Inference.Models;

/// <summary>How an architecture's router chooses experts and weighs them. Shazeer et al., "Outrageously Large Neural Networks", 2017.</summary>
public sealed record ExpertRouting
{
    /// <summary>What makes affinities of the router's logits, where the file does not say it in <c>expert_gating_func</c>.</summary>
    public ExpertGate Gate { get; init; } = ExpertGate.Softmax;

    /// <summary>Whether the weights of the chosen experts are divided by their sum. A file's <c>expert_weights_norm</c> goes before it.</summary>
    public bool NormalizesWeights { get; init; }

    /// <summary>Whether experts that all tokens share have a gate of their own, a sigmoid of one product. Qwen1.5-MoE, 2024.</summary>
    public bool GatesShared { get; init; }

    /// <summary>The experts' gated linear unit, where it is not the feed-forward layer's.</summary>
    public bool ClampsGate { get; init; }

    /// <summary>Whether projections of experts, and the router, have biases.</summary>
    public bool HasBiases { get; init; }
}

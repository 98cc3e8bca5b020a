namespace KernelFoundry.Inference.Models;

/// <summary>What makes affinities to experts of a router's logits.</summary>
public enum ExpertGate
{
    /// <summary>Softmax over all experts.</summary>
    Softmax,

    /// <summary>Sigmoid of each. DeepSeek-V3, 2024, equation 15.</summary>
    Sigmoid,
}

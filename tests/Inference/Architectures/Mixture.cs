namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>A mixture of experts, in the terms of its paper.</summary>
internal sealed record Mixture
{
    public int Count { get; init; } = 6;

    public int Used { get; init; } = 2;

    public int Length { get; init; } = 64;

    /// <summary>Whether the file says the width, or it is that of a feed-forward layer.</summary>
    public bool SaysLength { get; init; } = true;

    /// <summary>Width of the experts all tokens share; 0 for none.</summary>
    public int SharedLength { get; init; }

    public bool GatesShared { get; init; }

    /// <summary>Layers at the beginning that have a feed-forward layer.</summary>
    public int Dense { get; init; }

    /// <summary>Affinities are sigmoids, not a softmax.</summary>
    public bool Sigmoid { get; init; }

    /// <summary>A bias an expert that counts where experts are chosen.</summary>
    public bool SelectionBias { get; init; }

    /// <summary>The weights of the chosen sum to 1.</summary>
    public bool Normalizes { get; init; }

    public double Scale { get; init; } = 1;

    public int Groups { get; init; } = 1;

    public int UsedGroups { get; init; } = 1;

    /// <summary>The router and the experts' projections have biases.</summary>
    public bool Biases { get; init; }

    /// <summary>Gate and up projection to what is multiplied.</summary>
    public Func<double, double, double> Unit { get; init; } = (gate, up) => Functions.Silu(gate) * up;

    /// <summary>Metadata, without the architecture's name.</summary>
    public Dictionary<string, object?> Metadata => new()
    {
        ["expert_count"] = (uint)Count,
        ["expert_used_count"] = (uint)Used,
        ["expert_feed_forward_length"] = SaysLength ? (uint)Length : null,
    };
}

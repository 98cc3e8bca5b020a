namespace KernelFoundry.Inference.Models;

/// <summary>How a model is opened.</summary>
public sealed record ModelOptions
{
    /// <summary>Element type of KV caches.</summary>
    public CacheElement Cache { get; init; } = CacheElement.Float;

    /// <summary>Whether activations are rounded before they meet quantized weights.</summary>
    public ActivationRounding Activations { get; init; } = ActivationRounding.Int8;

    /// <summary>Most tokens of a prompt that go through the model at once; activations are allocated for as many.</summary>
    public int PrefillBatch { get; init; } = 256;

    /// <summary>Architectures to choose from; null for <see cref="ModelArchitectures.All"/>.</summary>
    public IReadOnlyList<ModelArchitecture>? Architectures { get; init; }

    /// <summary>Told the share of the weights that are on the device, from 0 to 1, while they get there.</summary>
    public IProgress<double>? LoadProgress { get; init; }
}

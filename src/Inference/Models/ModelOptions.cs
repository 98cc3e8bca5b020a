using KernelFoundry.Inference.Adapters;

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

    /// <summary>
    /// Whether one token alone goes through the kernels that many go through, so that on CPU devices logits have the same bits however tokens are cut into
    /// steps. With Q8_0 and Q4_0 weights that is so anyway; with others a sequence alone decodes more slowly for it: see docs/decoding/batching.md. Batches
    /// are invariant whatever is set here.
    /// </summary>
    public bool BatchInvariant { get; init; }

    /// <summary>Architectures to choose from; null for <see cref="ModelArchitectures.All"/>.</summary>
    public IReadOnlyList<ModelArchitecture>? Architectures { get; init; }

    /// <summary>Adapters to open with the model. Their scales may be changed while it runs: <see cref="LanguageModel.Adapters"/>.</summary>
    public IReadOnlyList<AdapterReference> Adapters { get; init; } = [];

    /// <summary>
    /// Whether adapters are added to the weights once, when the model is opened, so that they cost nothing afterwards and cannot be changed. Quantized weights
    /// become F16 thereby.
    /// </summary>
    public bool MergesAdapters { get; init; }

    /// <summary>The adapters that run beside the weights.</summary>
    internal IReadOnlyList<LoraAdapter> LoadedAdapters { get; init; } = [];

    /// <summary>Told the share of the weights that are on the device, from 0 to 1, while they get there.</summary>
    public IProgress<double>? LoadProgress { get; init; }
}

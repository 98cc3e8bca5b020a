namespace KernelFoundry.Inference.HuggingFace;

/// <summary>How the folders of an architecture become GGUF: a row of <see cref="HuggingFaceArchitectures"/>.</summary>
/// <param name="Name">What GGUF calls the architecture.</param>
/// <param name="Classes">What <c>config.json</c> calls it, under <c>architectures</c>.</param>
internal sealed record HuggingFaceArchitecture(string Name, params IReadOnlyList<string> Classes)
{
    /// <summary>The metadata.</summary>
    public required IReadOnlyList<MetadataRule> Metadata { get; init; }

    /// <summary>The tensors.</summary>
    public required IReadOnlyList<TensorRule> Tensors
    {
        get => [.. Rules.Values];
        init => Rules = value.ToDictionary(rule => rule.Source, StringComparer.Ordinal);
    }

    /// <summary>The same by <see cref="TensorRule.Source"/>.</summary>
    public IReadOnlyDictionary<string, TensorRule> Rules { get; private init; } = new Dictionary<string, TensorRule>();

    /// <summary>Beginnings that names of tensors may have, and what they are read as. Models that make vectors are often saved without what makes logits, and without "model." then.</summary>
    public IReadOnlyList<(string From, string To)> Prefixes { get; init; } = [("layers.", "model.layers."), ("embed_tokens.", "model.embed_tokens."), ("norm.", "model.norm.")];

    /// <summary>Whole names, with {0} for numbers, of tensors that follow from the rest or belong to other parts; one that ends in a star stands for all that begin so.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = ["model.layers.{0}.self_attn.rotary_emb.inv_freq"];

    /// <summary>Fields of <c>config.json</c> with the value they must have: what another value asks for is not built.</summary>
    public IReadOnlyList<(string Field, object Value)> Required { get; init; } = [];
}

namespace KernelFoundry.Inference.Models;

/// <summary>
/// A transformer architecture as data: the choices one <see cref="Transformer"/> reads. Adding an architecture is adding a record, to
/// <see cref="ModelArchitectures"/> or, in a program of one's own, to <see cref="ModelOptions.Architectures"/>.
/// </summary>
public sealed record ModelArchitecture
{
    /// <summary>What <c>general.architecture</c> says in a file, and what the architecture's metadata keys begin with.</summary>
    public required string Name { get; init; }

    /// <summary>Norm before attention, before the feed-forward layer and before the logits.</summary>
    public NormKind Norm { get; init; } = NormKind.RmsNorm;

    /// <summary>Metadata key, after the architecture's name, of the norm's epsilon.</summary>
    public string NormEpsilonKey { get; init; } = "attention.layer_norm_rms_epsilon";

    /// <summary>Which elements rotary position encoding pairs.</summary>
    public RotaryKind Rotary { get; init; } = RotaryKind.Interleaved;

    /// <summary>Base of the rotary frequencies where the file does not give one.</summary>
    public float RotaryBase { get; init; } = 10000f;

    /// <summary>Which positions attend to which. A sliding window's size is in <c>attention.sliding_window</c>.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Causal;

    /// <summary>The feed-forward layer.</summary>
    public FeedForwardKind FeedForward { get; init; } = FeedForwardKind.SwiGlu;

    /// <summary>Whether embeddings are multiplied by the square root of their length. Vaswani et al., 2017, section 3.4.</summary>
    public bool ScalesEmbeddings { get; init; }

    /// <summary>Whether logits may be computed with the token embeddings, which a file asks for by having no output projection.</summary>
    public bool AllowsTiedOutput { get; init; } = true;

    /// <summary>What the tensors are called.</summary>
    public TensorNames Tensors { get; init; } = new();
}

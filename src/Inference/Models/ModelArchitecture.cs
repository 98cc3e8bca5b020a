namespace KernelFoundry.Inference.Models;

/// <summary>
/// A transformer architecture as data: the choices one <see cref="Transformer"/> reads. Adding an architecture is adding a record, to
/// <see cref="ModelArchitectures"/> or, in a program of one's own, to <see cref="ModelOptions.Architectures"/>.
/// </summary>
public sealed record ModelArchitecture
{
    /// <summary>What <c>general.architecture</c> says in a file, and what the architecture's metadata keys begin with.</summary>
    public required string Name { get; init; }

    /// <summary>The models it is known for, for the reader of a table.</summary>
    public string Models { get; init; } = "";

    /// <summary>The kind of norm wherever there is one.</summary>
    public NormKind Norm { get; init; } = NormKind.RmsNorm;

    /// <summary>Metadata key, after the architecture's name, of the norm's epsilon.</summary>
    public string NormEpsilonKey { get; init; } = "attention.layer_norm_rms_epsilon";

    /// <summary>Whether attention and the feed-forward layer read the residual stream through a norm.</summary>
    public bool HasPreNorms { get; init; } = true;

    /// <summary>What is normalized after them.</summary>
    public PostNormKind PostNorms { get; init; }

    /// <summary>
    /// Whether the feed-forward layer reads what attention reads, and both are added at once (Wang and Komatsuzaki, "GPT-J-6B", 2021). A file's
    /// <c>use_parallel_residual</c> goes before it.
    /// </summary>
    public bool IsParallel { get; init; }

    /// <summary>
    /// Whether the feed-forward layer of a parallel architecture has no norm of its own. Where a file has <see cref="TensorNames.AttentionNorm2"/>, attention
    /// reads through that, and the feed-forward layer through <see cref="TensorNames.AttentionNorm"/>.
    /// </summary>
    public bool SharesNorm { get; init; }

    /// <summary>Norms of queries and keys.</summary>
    public QueryKeyNormKind QueryKeyNorm { get; init; }

    /// <summary>Which elements rotary position encoding pairs.</summary>
    public RotaryKind Rotary { get; init; } = RotaryKind.Interleaved;

    /// <summary>Base of the rotary frequencies where the file does not give one.</summary>
    public float RotaryBase { get; init; } = 10000f;

    /// <summary>Base of the rotary frequencies, never scaled, of layers with a window; null where they have that of the others. Gemma 3, 2025, section 2.</summary>
    public float? LocalRotaryBase { get; init; }

    /// <summary>If above 0, the last of each so many layers does without rotary encoding. Yang et al., "Rope to Nope and Back Again", 2025.</summary>
    public int UnrotatedEvery { get; init; }

    /// <summary>Whether the correction range of YaRN goes to whole dimensions, as in the paper's code. gpt-oss leaves it where it is.</summary>
    public bool RoundsYarnRange { get; init; } = true;

    /// <summary>Whether a learned vector a position is added to the embeddings. Radford et al., "GPT-2", 2019.</summary>
    public bool HasPositionEmbedding { get; init; }

    /// <summary>Whether a vector for the first of two texts is added to the embeddings, and they are normalized. Devlin et al., "BERT", 2018, section 3.</summary>
    public bool HasTextTypes { get; init; }

    /// <summary>Whether there is a norm after the last layer.</summary>
    public bool HasOutputNorm { get; init; } = true;

    /// <summary>Whether attention is <see cref="LatentConfiguration">latent</see>. DeepSeek-AI, "DeepSeek-V2", 2024, section 2.1.</summary>
    public bool IsLatent { get; init; }

    /// <summary>Which positions attend to which. A sliding window's size is in <c>attention.sliding_window</c>.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Causal;

    /// <summary>The sliding window where the file does not give one; 0 for none.</summary>
    public int DefaultWindow { get; init; }

    /// <summary>If above 0, the last of each so many layers has no window. A file's <c>attention.sliding_window_pattern</c> goes before it.</summary>
    public int GlobalEvery { get; init; }

    /// <summary>
    /// Bound of attention's scores where the file does not give one in <c>attn_logit_softcapping</c>; 0 for none. Gemma 2, 2024, section 2.
    /// </summary>
    public float ScoreSoftCap { get; init; }

    /// <summary>Bound of the logits where the file does not give one in <c>final_logit_softcapping</c>; 0 for none.</summary>
    public float LogitSoftCap { get; init; }

    /// <summary>
    /// Number of layers of the model whose scores are divided by the square root of embedding / heads, not of the head dim; 0 for none. Gemma 2 and 3 have one
    /// such size each, and their files do not say it.
    /// </summary>
    public int LayersScaledByEmbedding { get; init; }

    /// <summary>The feed-forward layer.</summary>
    public FeedForwardKind FeedForward { get; init; } = FeedForwardKind.SwiGlu;

    /// <summary>Whether gate and up projection are one tensor, named as the up projection, the gate's rows first.</summary>
    public bool JoinsGateAndUp { get; init; }

    /// <summary>How mixtures of experts are routed, in models that have them in place of feed-forward layers; null where none has.</summary>
    public ExpertRouting? Experts { get; init; }

    /// <summary>Whether attention has a learned sink a head. OpenAI, "gpt-oss", 2025, section 2.2.</summary>
    public bool HasSinks { get; init; }

    /// <summary>The biases there must be.</summary>
    public ProjectionBiases Biases { get; init; }

    /// <summary>Whether embeddings are multiplied by the square root of their length. Vaswani et al., 2017, section 3.4.</summary>
    public bool ScalesEmbeddings { get; init; }

    /// <summary>
    /// Whether a file gives factors of embeddings, of what is added to the residual stream, and a divisor of the logits: <c>embedding_scale</c>,
    /// <c>residual_scale</c> and <c>logit_scale</c>. Granite 3.0, 2024, after Yang et al., "Tensor Programs V", 2022.
    /// </summary>
    public bool HasMultipliers { get; init; }

    /// <summary>Whether logits may be computed with the token embeddings, which a file asks for by having no output projection.</summary>
    public bool AllowsTiedOutput { get; init; } = true;

    /// <summary>What the tensors are called.</summary>
    public TensorNames Tensors { get; init; } = new();
}

using KernelFoundry.Inference.Tokenizers.Files.Json;
using static KernelFoundry.Inference.HuggingFace.MetadataRule;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Entries that most architectures have.</summary>
internal static class CommonMetadata
{
    public static readonly string[] Hidden = ["hidden_size", "n_embd"], Layers = ["num_hidden_layers", "n_layer"], Heads = ["num_attention_heads", "n_head"],
        KeyValueHeads = ["num_key_value_heads", "num_kv_heads", "n_head_kv"];

    /// <summary>Sizes and the base of rotary encoding.</summary>
    public static IReadOnlyList<MetadataRule> Sizes { get; } =
    [
        Count("context_length", "max_position_embeddings", "n_positions", "n_ctx"),
        Count("embedding_length", Hidden),
        Count("block_count", Layers),
        new("feed_forward_length", config => Find(config, "intermediate_size", "n_inner", "ffn_hidden_size") is { } field ? Unsigned(field) : 4 * (uint)Positive(config, Hidden)),
        Count("attention.head_count", Heads),
        new("attention.head_count_kv", config => (uint)KeyValueHeadCount(config)),
        OptionalReal("rope.freq_base", "rope_theta", "rope_parameters.rope_theta", "rotary_emb_base"),
    ];

    /// <summary>Epsilon of RMS norms.</summary>
    public static MetadataRule RmsEpsilon { get; } = OptionalReal("attention.layer_norm_rms_epsilon", "rms_norm_eps");

    /// <summary>Epsilon of layer norms.</summary>
    public static MetadataRule LayerEpsilon { get; } = OptionalReal("attention.layer_norm_epsilon", "layer_norm_eps", "layer_norm_epsilon", "norm_epsilon");

    /// <summary>Length of a head where it is not embedding / heads.</summary>
    public static IReadOnlyList<MetadataRule> HeadLengths { get; } = [OptionalCount("attention.key_length", "head_dim"), OptionalCount("attention.value_length", "head_dim")];

    /// <summary>Elements of a head that rotary encoding turns.</summary>
    public static MetadataRule RotaryDims { get; } = new("rope.dimension_count", config =>
        (uint)(HeadDim(config) * (Find(config, "partial_rotary_factor", "rope_parameters.partial_rotary_factor", "rotary_pct")?.Number() ?? 1)));

    /// <summary>The window of sliding attention. Qwen's files have one that <c>use_sliding_window</c> switches off.</summary>
    public static MetadataRule Window { get; } = new("attention.sliding_window", config =>
        config["use_sliding_window"].Boolean(true) && Find(config, "sliding_window") is { } field ? Unsigned(field) : null);

    /// <summary>Experts, as far as there are any.</summary>
    public static IReadOnlyList<MetadataRule> Experts { get; } =
    [
        OptionalCount("expert_count", "num_local_experts", "num_experts"),
        OptionalCount("expert_used_count", "num_experts_per_tok"),
        OptionalCount("expert_feed_forward_length", "moe_intermediate_size"),
        OptionalCount("expert_shared_feed_forward_length", "shared_expert_intermediate_size"),
    ];

    /// <summary>Key and value heads; as many as query heads where the file is silent.</summary>
    public static int KeyValueHeadCount(JsonField config)
    {
        // Falcon's first files say multi_query, and a number that does not count then.
        if (config["multi_query"].Boolean(false) && !config["new_decoder_architecture"].Boolean(false))
            return 1;
        return Find(config, KeyValueHeads) is null ? Positive(config, Heads) : Positive(config, KeyValueHeads);
    }

    /// <summary>How a model's heads lie in its tensors.</summary>
    public static RowOrder Order(JsonField config) => new(Positive(config, Heads), KeyValueHeadCount(config))
    {
        PlainDims = Find(config, "qk_nope_head_dim") is { } plain ? plain.Integer() : 0,
        ValueDims = Find(config, "v_head_dim") is { } value ? value.Integer() : 0,
    };

    /// <summary>Elements of a head.</summary>
    public static int HeadDim(JsonField config) => Find(config, "head_dim") is null ? Positive(config, Hidden) / Positive(config, Heads) : Positive(config, "head_dim");
}

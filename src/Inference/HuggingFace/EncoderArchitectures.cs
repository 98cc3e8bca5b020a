using static KernelFoundry.Inference.HuggingFace.CommonMetadata;
using static KernelFoundry.Inference.HuggingFace.MetadataRule;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Folders of encoders.</summary>
internal static class EncoderArchitectures
{
    private const string Block = "blk.{0}.";

    private static readonly MetadataRule[] s_encoder = [LayerEpsilon, Constant("attention.causal", false)];

    private static readonly string[] s_heads = ["pooler.*", "cls.*"];

    /// <summary>BERT, alone or with a head for masked words, which is left out.</summary>
    public static HuggingFaceArchitecture Bert { get; } = new("bert", "BertModel", "BertForMaskedLM", "BertForPreTraining")
    {
        Metadata = [.. Sizes.Where(rule => rule.Key is not ("rope.freq_base" or "attention.head_count_kv")), .. s_encoder],
        Tensors =
        [
            new("embeddings.word_embeddings", "token_embd"), new("embeddings.position_embeddings", "position_embd"),
            new("embeddings.token_type_embeddings", "token_types") { IsFloat = true }, new("embeddings.LayerNorm", "token_embd_norm"),
            new("encoder.layer.{0}.attention.self.query", Block + "attn_q"), new("encoder.layer.{0}.attention.self.key", Block + "attn_k"),
            new("encoder.layer.{0}.attention.self.value", Block + "attn_v"), new("encoder.layer.{0}.attention.output.dense", Block + "attn_output"),
            new("encoder.layer.{0}.attention.output.LayerNorm", Block + "attn_output_norm"), new("encoder.layer.{0}.intermediate.dense", Block + "ffn_up"),
            new("encoder.layer.{0}.output.dense", Block + "ffn_down"), new("encoder.layer.{0}.output.LayerNorm", Block + "layer_output_norm"),
        ],
        Prefixes = [("bert.", "")],
        Ignored = ["embeddings.position_ids", .. s_heads],
        Required = [("hidden_act", "gelu"), ("position_embedding_type", "absolute"), ("is_decoder", false)],
    };

    /// <summary>nomic-embed-text. Beyond the positions it was trained on its own code stretches frequencies by the length of each text, which is not built: they are the context.</summary>
    public static HuggingFaceArchitecture NomicBert { get; } = new("nomic-bert", "NomicBertModel")
    {
        Metadata =
        [
            new("context_length", config => Math.Min(Find(config, "max_trained_positions") is { } trained ? Unsigned(trained) : 2048u, (uint)Positive(config, "n_positions"))),
            .. Sizes.Skip(1).Where(rule => rule.Key != "attention.head_count_kv"), .. s_encoder, Check("rotary_emb_fraction", share => share.Number() == 1, "1"),
        ],
        Tensors =
        [
            new("embeddings.word_embeddings", "token_embd"), new("embeddings.token_type_embeddings", "token_types") { IsFloat = true }, new("emb_ln", "token_embd_norm"),
            new("encoder.layers.{0}.attn.Wqkv", Block + "attn_qkv"), new("encoder.layers.{0}.attn.out_proj", Block + "attn_output"),
            new("encoder.layers.{0}.norm1", Block + "attn_output_norm"), new("encoder.layers.{0}.norm2", Block + "layer_output_norm"),
            new("encoder.layers.{0}.mlp.fc11", Block + "ffn_up"), new("encoder.layers.{0}.mlp.fc12", Block + "ffn_gate"), new("encoder.layers.{0}.mlp.fc2", Block + "ffn_down"),
        ],
        Ignored = s_heads,
        Required =
        [
            ("activation_function", "swiglu"), ("prenorm", false), ("qkv_proj_bias", false), ("mlp_fc1_bias", false), ("mlp_fc2_bias", false), ("rotary_emb_interleaved", false), ("causal", false),
        ],
    };
}

using static KernelFoundry.Inference.HuggingFace.CommonMetadata;
using static KernelFoundry.Inference.HuggingFace.MetadataRule;
using static KernelFoundry.Inference.HuggingFace.TensorTransform;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// The architectures whose folders can be read. Names of tensors and keys are those that llama.cpp gives them, so that what is converted is what it opens.
/// </summary>
internal static class HuggingFaceArchitectures
{
    private const string Layer = "model.layers.{0}.", Block = "blk.{0}.";

    private static readonly TensorRule[] s_ends = [new("model.embed_tokens", "token_embd"), new("model.norm", "output_norm"), new("lm_head", "output")];

    private static readonly TensorRule[] s_attention =
    [
        new(Layer + "self_attn.q_proj", Block + "attn_q"),
        new(Layer + "self_attn.k_proj", Block + "attn_k"),
        new(Layer + "self_attn.v_proj", Block + "attn_v"),
        new(Layer + "self_attn.o_proj", Block + "attn_output"),
    ];

    private static readonly TensorRule[] s_pairedAttention = [s_attention[0] with { Transform = PairQueries }, s_attention[1] with { Transform = PairKeys }, .. s_attention[2..]];

    private static readonly TensorRule[] s_queryKeyNorms = [new(Layer + "self_attn.q_norm", Block + "attn_q_norm"), new(Layer + "self_attn.k_norm", Block + "attn_k_norm")];

    private static readonly TensorRule[] s_norms = [new(Layer + "input_layernorm", Block + "attn_norm"), new(Layer + "post_attention_layernorm", Block + "ffn_norm")];

    private static readonly TensorRule[] s_gated =
    [
        new(Layer + "mlp.gate_proj", Block + "ffn_gate"),
        new(Layer + "mlp.up_proj", Block + "ffn_up"),
        new(Layer + "mlp.down_proj", Block + "ffn_down"),
    ];

    private static readonly TensorRule[] s_experts =
    [
        new(Layer + "mlp.gate", Block + "ffn_gate_inp") { IsFloat = true },
        new(Layer + "mlp.experts.{1}.gate_proj", Block + "ffn_gate_exps"),
        new(Layer + "mlp.experts.{1}.up_proj", Block + "ffn_up_exps"),
        new(Layer + "mlp.experts.{1}.down_proj", Block + "ffn_down_exps"),
        new(Layer + "mlp.shared_expert.gate_proj", Block + "ffn_gate_shexp"),
        new(Layer + "mlp.shared_expert.up_proj", Block + "ffn_up_shexp"),
        new(Layer + "mlp.shared_expert.down_proj", Block + "ffn_down_shexp"),
        new(Layer + "mlp.shared_expert_gate", Block + "ffn_gate_inp_shexp") { IsFloat = true, IsVector = true },
    ];

    private static readonly TensorRule[] s_mixtralExperts =
    [
        new(Layer + "block_sparse_moe.gate", Block + "ffn_gate_inp") { IsFloat = true },
        new(Layer + "block_sparse_moe.experts.{1}.w1", Block + "ffn_gate_exps"),
        new(Layer + "block_sparse_moe.experts.{1}.w3", Block + "ffn_up_exps"),
        new(Layer + "block_sparse_moe.experts.{1}.w2", Block + "ffn_down_exps"),
    ];

    private static readonly TensorRule[] s_outerNorms =
    [
        new(Layer + "post_attention_layernorm", Block + "post_attention_norm"),
        new(Layer + "post_feedforward_layernorm", Block + "post_ffw_norm"),
    ];

    private static readonly MetadataRule[] s_rms = [.. Sizes, RmsEpsilon, .. HeadLengths, RotaryDims];

    private static readonly TensorRule[] s_gemmaNorms = [new(Layer + "input_layernorm", Block + "attn_norm"), new(Layer + "pre_feedforward_layernorm", Block + "ffn_norm"), .. s_outerNorms];

    private static readonly (string, object)[] s_silu = [("hidden_act", "silu")];

    /// <summary>All rows.</summary>
    public static IReadOnlyList<HuggingFaceArchitecture> All { get; } =
    [
        new("llama", "LlamaForCausalLM", "MistralForCausalLM", "MixtralForCausalLM")
        {
            Metadata = [.. s_rms, Window, .. Experts],
            Tensors = [.. s_ends, .. s_pairedAttention, .. s_norms, .. s_gated, .. s_mixtralExperts],
            Required = s_silu,
        },
        new("qwen2", "Qwen2ForCausalLM") { Metadata = [.. s_rms, Window], Tensors = [.. s_ends, .. s_attention, .. s_norms, .. s_gated], Required = s_silu },
        new("qwen3", "Qwen3ForCausalLM") { Metadata = [.. s_rms, Window], Tensors = [.. s_ends, .. s_attention, .. s_queryKeyNorms, .. s_norms, .. s_gated], Required = s_silu },
        new("qwen2moe", "Qwen2MoeForCausalLM") { Metadata = [.. s_rms, Window, .. Experts], Tensors = [.. s_ends, .. s_attention, .. s_norms, .. s_gated, .. s_experts], Required = s_silu },
        new("qwen3moe", "Qwen3MoeForCausalLM")
        {
            Metadata = [.. s_rms, Window, .. Experts],
            Tensors = [.. s_ends, .. s_attention, .. s_queryKeyNorms, .. s_norms, .. s_gated, .. s_experts],
            Required = [.. s_silu, ("norm_topk_prob", true)],
        },
        new("gemma", "GemmaForCausalLM") { Metadata = s_rms, Tensors = AddingOne([.. s_ends, .. s_attention, .. s_norms, .. s_gated]) },
        new("gemma2", "Gemma2ForCausalLM")
        {
            Metadata = [.. s_rms, Window, OptionalReal("attn_logit_softcapping", "attn_logit_softcapping"), OptionalReal("final_logit_softcapping", "final_logit_softcapping")],
            Tensors = AddingOne([.. s_ends, .. s_attention, .. s_gemmaNorms, .. s_gated]),
        },
        new("gemma3", "Gemma3ForCausalLM", "Gemma3ForConditionalGeneration")
        {
            Metadata = [.. s_rms, Window],
            Tensors = AddingOne([.. s_ends, .. s_attention, .. s_queryKeyNorms, .. s_gemmaNorms, .. s_gated]),
            Prefixes = [("language_model.model.", "model."), ("model.language_model.", "model.")],
            Ignored = ["vision_tower.*", "model.vision_tower.*", "multi_modal_projector.*", "model.multi_modal_projector.*"],
        },
        new("phi2", "PhiForCausalLM")
        {
            Metadata = [.. Sizes, LayerEpsilon, RotaryDims],
            Tensors =
            [
                s_ends[0], new("model.final_layernorm", "output_norm"), s_ends[2], .. s_norms[..1], .. s_attention[..3], new(Layer + "self_attn.dense", Block + "attn_output"),
                new(Layer + "mlp.fc1", Block + "ffn_up"), new(Layer + "mlp.fc2", Block + "ffn_down"),
            ],
        },
        new("phi3", "Phi3ForCausalLM")
        {
            Metadata = [.. Sizes, RmsEpsilon, RotaryDims, Window, new("rope.scaling.original_context_length", config => (uint)Positive(config, "original_max_position_embeddings", "max_position_embeddings"))],
            Tensors =
            [
                .. s_ends, .. s_norms, new(Layer + "self_attn.qkv_proj", Block + "attn_qkv"), s_attention[3], new(Layer + "mlp.gate_up_proj", Block + "ffn_up"), s_gated[2],
            ],
            Required = s_silu,
        },
        new("gpt2", "GPT2LMHeadModel")
        {
            Metadata = [.. Sizes.Where(rule => rule.Key is not ("rope.freq_base" or "attention.head_count_kv")), LayerEpsilon],
            Tensors =
            [
                new("wte", "token_embd"), new("wpe", "position_embd"), new("ln_f", "output_norm"), new("lm_head", "output"),
                new("h.{0}.ln_1", Block + "attn_norm"), new("h.{0}.ln_2", Block + "ffn_norm"),
                new("h.{0}.attn.c_attn", Block + "attn_qkv", Transpose), new("h.{0}.attn.c_proj", Block + "attn_output", Transpose),
                new("h.{0}.mlp.c_fc", Block + "ffn_up", Transpose), new("h.{0}.mlp.c_proj", Block + "ffn_down", Transpose),
            ],
            Prefixes = [("transformer.", "")],
            Ignored = ["h.{0}.attn.bias", "h.{0}.attn.masked_bias"],
            Required = [("activation_function", "gelu_new")],
        },
        new("gptneox", "GPTNeoXForCausalLM")
        {
            Metadata = [.. Sizes, LayerEpsilon, RotaryDims, new("use_parallel_residual", config => config["use_parallel_residual"].Boolean(true))],
            Tensors =
            [
                new("embed_in", "token_embd"), new("final_layer_norm", "output_norm"), new("embed_out", "output"),
                new("layers.{0}.input_layernorm", Block + "attn_norm"), new("layers.{0}.post_attention_layernorm", Block + "ffn_norm"),
                new("layers.{0}.attention.query_key_value", Block + "attn_qkv", Ungroup), new("layers.{0}.attention.dense", Block + "attn_output"),
                new("layers.{0}.mlp.dense_h_to_4h", Block + "ffn_up"), new("layers.{0}.mlp.dense_4h_to_h", Block + "ffn_down"),
            ],
            Prefixes = [("gpt_neox.", "")],
            Ignored = ["layers.{0}.attention.bias", "layers.{0}.attention.masked_bias", "layers.{0}.attention.rotary_emb.inv_freq"],
        },
        new("falcon", "FalconForCausalLM", "RWForCausalLM")
        {
            Metadata =
            [
                new("context_length", config => Find(config, "max_position_embeddings") is { } field ? Unsigned(field) : 2048u), .. Sizes.Skip(1), LayerEpsilon,
                Constant("tensor_data_layout", "jploski"),
            ],
            Tensors =
            [
                new("word_embeddings", "token_embd"), new("ln_f", "output_norm"), new("lm_head", "output"),
                new("h.{0}.input_layernorm", Block + "attn_norm"), new("h.{0}.ln_mlp", Block + "attn_norm"), new("h.{0}.ln_attn", Block + "attn_norm_2"),
                new("h.{0}.self_attention.query_key_value", Block + "attn_qkv", Ungroup), new("h.{0}.self_attention.dense", Block + "attn_output"),
                new("h.{0}.mlp.dense_h_to_4h", Block + "ffn_up"), new("h.{0}.mlp.dense_4h_to_h", Block + "ffn_down"),
            ],
            Prefixes = [("transformer.", "")],
            Required = [("alibi", false), ("parallel_attn", true)],
        },
        new("starcoder2", "Starcoder2ForCausalLM")
        {
            Metadata = [.. Sizes, LayerEpsilon, RotaryDims, Window],
            Tensors = [.. s_ends, .. s_attention, .. s_norms, new(Layer + "mlp.c_fc", Block + "ffn_up"), new(Layer + "mlp.c_proj", Block + "ffn_down")],
        },
        new("olmo2", "Olmo2ForCausalLM") { Metadata = s_rms, Tensors = [.. s_ends, .. s_attention, .. s_queryKeyNorms, .. s_outerNorms, .. s_gated], Required = s_silu },
        new("granite", "GraniteForCausalLM")
        {
            Metadata =
            [
                .. s_rms, OptionalReal("attention.scale", "attention_multiplier"), OptionalReal("embedding_scale", "embedding_multiplier"),
                OptionalReal("residual_scale", "residual_multiplier"), OptionalReal("logit_scale", "logits_scaling"),
            ],
            Tensors = [.. s_ends, .. s_pairedAttention, .. s_norms, .. s_gated],
            Required = s_silu,
        },
        new("smollm3", "SmolLM3ForCausalLM") { Metadata = s_rms, Tensors = [.. s_ends, .. s_pairedAttention, .. s_norms, .. s_gated], Required = s_silu },
        ExpertArchitectures.GptOss,
        ExpertArchitectures.DeepSeek,
        EncoderArchitectures.Bert,
        EncoderArchitectures.NomicBert,
    ];

    /// <summary>All classes, sorted.</summary>
    public static IEnumerable<string> Classes => All.SelectMany(row => row.Classes).Order(StringComparer.Ordinal);

    private static TensorRule[] AddingOne(IEnumerable<TensorRule> rules) =>
        [.. rules.Select(rule => rule.Target.EndsWith("norm", StringComparison.Ordinal) ? rule with { Transform = AddOne } : rule)];
}

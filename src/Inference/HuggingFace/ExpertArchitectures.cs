using KernelFoundry.Inference.Tokenizers.Files.Json;
using static KernelFoundry.Inference.HuggingFace.CommonMetadata;
using static KernelFoundry.Inference.HuggingFace.MetadataRule;
using static KernelFoundry.Inference.HuggingFace.TensorTransform;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Folders of gpt-oss and of DeepSeek-V2 and V3, whose tensors hold more than one of GGUF's.</summary>
internal static class ExpertArchitectures
{
    private const string Layer = "model.layers.{0}.", Block = "blk.{0}.";

    private static readonly TensorRule[] s_ends = [new("model.embed_tokens", "token_embd"), new("model.norm", "output_norm"), new("lm_head", "output")];

    /// <summary>Rows of gates and ups take turns, from either form of the file: MXFP4, or floats with inputs first.</summary>
    public static HuggingFaceArchitecture GptOss { get; } = new("gpt-oss", "GptOssForCausalLM")
    {
        Metadata =
        [
            .. Sizes, RmsEpsilon, .. HeadLengths, RotaryDims, Window, OptionalCount("expert_count", "num_local_experts"),
            OptionalCount("expert_used_count", "num_experts_per_tok", "experts_per_token"), Count("expert_feed_forward_length", "intermediate_size"),
            Check("swiglu_limit", limit => limit.Number() == 7, "7"),
        ],
        Tensors =
        [
            .. s_ends, new(Layer + "input_layernorm", Block + "attn_norm"), new(Layer + "post_attention_layernorm", Block + "post_attention_norm"),
            new(Layer + "self_attn.q_proj", Block + "attn_q"), new(Layer + "self_attn.k_proj", Block + "attn_k"), new(Layer + "self_attn.v_proj", Block + "attn_v"),
            new(Layer + "self_attn.o_proj", Block + "attn_output"), new(Layer + "self_attn.sinks", Block + "attn_sinks.weight") { IsWhole = true },
            new(Layer + "mlp.router", Block + "ffn_gate_inp") { IsFloat = true },
            GateAndUp("gate_up_proj_blocks", "weight"), GateAndUp("gate_up_proj_bias", "bias"), GateAndUp("gate_up_proj", "weight", Transpose),
            Down("down_proj_blocks", "weight"), Down("down_proj_bias", "bias"), Down("down_proj", "weight", Transpose),
        ],
        Required = [("hidden_act", "silu")],
    };

    /// <summary>Rotary pairs are neighbours in both. Of each head's rows that make its key and value, the former are transposed, as latent attention takes them.</summary>
    public static HuggingFaceArchitecture DeepSeek { get; } = new("deepseek2", "DeepseekV2ForCausalLM", "DeepseekV3ForCausalLM")
    {
        Metadata =
        [
            .. Sizes.Where(rule => rule.Key != "attention.head_count_kv"), RmsEpsilon, Constant("attention.head_count_kv", 1u),
            OptionalCount("attention.q_lora_rank", "q_lora_rank"), Count("attention.kv_lora_rank", "kv_lora_rank"),
            Sum("attention.key_length", "kv_lora_rank", "qk_rope_head_dim"), Count("attention.value_length", "kv_lora_rank"),
            Sum("attention.key_length_mla", "qk_nope_head_dim", "qk_rope_head_dim"), Count("attention.value_length_mla", "v_head_dim"),
            Count("rope.dimension_count", "qk_rope_head_dim"),
            OptionalCount("leading_dense_block_count", "first_k_dense_replace"), OptionalCount("expert_count", "n_routed_experts"),
            OptionalCount("expert_used_count", "num_experts_per_tok"), OptionalCount("expert_feed_forward_length", "moe_intermediate_size"),
            OptionalCount("expert_shared_count", "n_shared_experts"), OptionalReal("expert_weights_scale", "routed_scaling_factor"),
            new("expert_weights_norm", config => config["norm_topk_prob"].Boolean(IsThird(config))), new("expert_gating_func", config => Gate(config)),
            new("expert_group_count", config => IsGrouped(config) ? OptionalCount("", "n_group").Value(config) : null),
            new("expert_group_used_count", config => IsGrouped(config) ? OptionalCount("", "topk_group").Value(config) : null),
            Check("moe_layer_freq", every => every.Integer() == 1, "1"),
        ],
        Tensors =
        [
            .. s_ends, new(Layer + "input_layernorm", Block + "attn_norm"), new(Layer + "post_attention_layernorm", Block + "ffn_norm"),
            new(Layer + "self_attn.q_proj", Block + "attn_q"), new(Layer + "self_attn.q_a_proj", Block + "attn_q_a"),
            new(Layer + "self_attn.q_a_layernorm", Block + "attn_q_a_norm"), new(Layer + "self_attn.q_b_proj", Block + "attn_q_b"),
            new(Layer + "self_attn.kv_a_proj_with_mqa", Block + "attn_kv_a_mqa"), new(Layer + "self_attn.kv_a_layernorm", Block + "attn_kv_a_norm"),
            new(Layer + "self_attn.kv_b_proj", Block + "attn_k_b", LatentKeys) { Also = new("", Block + "attn_v_b", LatentValues) },
            new(Layer + "self_attn.o_proj", Block + "attn_output"),
            new(Layer + "mlp.gate_proj", Block + "ffn_gate"), new(Layer + "mlp.up_proj", Block + "ffn_up"), new(Layer + "mlp.down_proj", Block + "ffn_down"),
            new(Layer + "mlp.gate", Block + "ffn_gate_inp") { IsFloat = true },
            new(Layer + "mlp.gate.e_score_correction_bias", Block + "exp_probs_b.bias") { IsWhole = true },
            new(Layer + "mlp.experts.{1}.gate_proj", Block + "ffn_gate_exps"), new(Layer + "mlp.experts.{1}.up_proj", Block + "ffn_up_exps"),
            new(Layer + "mlp.experts.{1}.down_proj", Block + "ffn_down_exps"), new(Layer + "mlp.shared_experts.gate_proj", Block + "ffn_gate_shexp"),
            new(Layer + "mlp.shared_experts.up_proj", Block + "ffn_up_shexp"), new(Layer + "mlp.shared_experts.down_proj", Block + "ffn_down_shexp"),
        ],
        Required = [("hidden_act", "silu"), ("attention_bias", false)],
    };

    private static TensorRule GateAndUp(string name, string ending, TensorTransform transform = None) =>
        Stack(name, $"ffn_gate_exps.{ending}", transform) with { Step = 2, Also = Stack("", $"ffn_up_exps.{ending}", transform) with { First = 1, Step = 2 } };

    private static TensorRule Down(string name, string ending, TensorTransform transform = None) => Stack(name, $"ffn_down_exps.{ending}", transform);

    private static TensorRule Stack(string name, string target, TensorTransform transform) =>
        new($"{Layer}mlp.experts.{name}", Block + target, transform) { IsWhole = true, IsStack = true };

    private static MetadataRule Sum(string key, string first, string second) =>
        new(key, config => checked(Unsigned(config[first]) + Unsigned(config[second])));

    // The second generation's files name the scoring, the third's need not.
    private static bool IsThird(JsonField config) => config["architectures"].Elements().Any(element => element.String() == "DeepseekV3ForCausalLM");

    private static uint Gate(JsonField config)
    {
        JsonField field = config["scoring_func"];
        return (field.OptionalString() ?? (IsThird(config) ? "sigmoid" : "softmax")) switch
        {
            "softmax" => 1u,
            "sigmoid" => 2u,
            _ => throw field.Error(field.Describe(), "'softmax' or 'sigmoid'"),
        };
    }

    private static bool IsGrouped(JsonField config)
    {
        JsonField field = config["topk_method"];
        return (field.OptionalString() ?? (IsThird(config) ? "noaux_tc" : "greedy")) switch
        {
            "greedy" or "gready" => false,
            "group_limited_greedy" or "noaux_tc" => true,
            _ => throw field.Error(field.Describe(), "'greedy', 'group_limited_greedy' or 'noaux_tc'"),
        };
    }
}

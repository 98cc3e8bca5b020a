using static KernelFoundry.Inference.Tests.Architectures.Definitions;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Models with mixtures of experts.</summary>
internal static class ExpertDefinitions
{
    // OpenAI's code: torch/model.py of gpt-oss.
    private static readonly Definition s_gptOss = new()
    {
        Name = "gpt-oss",
        Layers = 3,
        HeadDim = 24,
        RotaryDims = 24,
        Halves = true,
        RopeBase = 150000,
        NormBeforeFeedForward = "post_attention_norm",
        Window = layer => layer % 2 == 0 ? 7 : int.MaxValue,
        Sinks = true,
        Biases = ["attn_q", "attn_k", "attn_v", "attn_output"],
        Experts = new Mixture
        {
            Used = 4,
            Normalizes = true,
            Biases = true,
            Unit = (gate, up) => Math.Min(gate, 7) / (1 + Math.Exp(-1.702 * Math.Min(gate, 7))) * (Math.Clamp(up, -7, 7) + 1),
        },
        Metadata = { ["attention.sliding_window"] = 7u },
    };

    private static readonly Definition s_deepSeek = new()
    {
        Name = "deepseek2",
        Layers = 3,
        KvHeads = 1,
        HeadDim = 40,
        RotaryDims = 8,
        ScoreScale = 1 / Math.Sqrt(24),
        Metadata =
        {
            ["attention.kv_lora_rank"] = 32u,
            ["attention.value_length"] = 32u,
            ["attention.key_length_mla"] = 24u,
            ["attention.value_length_mla"] = 24u,
            ["leading_dense_block_count"] = 1u,
            ["expert_shared_count"] = 2u,
        },
    };

    public static Dictionary<string, Definition> All { get; } = new()
    {
        ["llama, experts (Mixtral)"] = new()
        {
            Name = "llama",
            Experts = new Mixture { Length = 96, SaysLength = false, Normalizes = true },
        },
        ["llama, experts in tensors of their own"] = new()
        {
            Name = "llama",
            IsOlder = true,
            Experts = new Mixture { Length = 96, SaysLength = false, Normalizes = true },
        },
        ["qwen2moe"] = new()
        {
            Name = "qwen2moe",
            Halves = true,
            Biases = ["attn_q", "attn_k", "attn_v"],
            Experts = new Mixture { Used = 3, SharedLength = 80, GatesShared = true },
            Metadata = { ["expert_shared_feed_forward_length"] = 80u },
        },
        ["qwen3moe"] = new()
        {
            Name = "qwen3moe",
            Halves = true,
            HeadDim = 24,
            RotaryDims = 24,
            HeadNorms = true,
            Experts = new Mixture { Count = 16, Used = 4, Normalizes = true },
        },
        ["gpt-oss"] = s_gptOss,
        ["gpt-oss, YaRN"] = s_gptOss with
        {
            Context = 256,
            Frequency = (_, i) => Yarn(i, 24, 150000, 8, 32, 32, 1, rounds: false),
            Magnitude = 1 + (0.1 * Math.Log(8)),
            Metadata = new() { ["attention.sliding_window"] = 7u, ["rope.scaling.type"] = "yarn", ["rope.scaling.factor"] = 8f, ["rope.scaling.original_context_length"] = 32u },
        },
        // By its 27 layers llama.cpp tells the model whose queries are not made of short vectors.
        ["deepseek2, V2-Lite"] = s_deepSeek with
        {
            Layers = 27,
            Latent = new Latent(0, 32, 16, 8, 24),
            Experts = new Mixture { Used = 3, SharedLength = 128, Dense = 1 },
            Metadata = new(s_deepSeek.Metadata) { ["expert_gating_func"] = 1u, ["expert_weights_norm"] = false },
        },
        ["deepseek2, V2-Lite, keys and values in one"] = s_deepSeek with
        {
            Layers = 27,
            IsOlder = true,
            Latent = new Latent(0, 32, 16, 8, 24),
            Experts = new Mixture { Used = 3, SharedLength = 128, Dense = 1 },
            Metadata = new(s_deepSeek.Metadata) { ["expert_gating_func"] = 1u, ["expert_weights_norm"] = false },
        },
        ["deepseek2, V2 (groups)"] = s_deepSeek with
        {
            Latent = new Latent(40, 32, 16, 8, 24),
            Experts = new Mixture { Count = 12, Used = 3, SharedLength = 128, Dense = 1, Scale = 16, Groups = 4, UsedGroups = 2 },
            Metadata = new(s_deepSeek.Metadata)
            {
                ["attention.q_lora_rank"] = 40u,
                ["expert_gating_func"] = 1u,
                ["expert_weights_norm"] = false,
                ["expert_weights_scale"] = 16f,
                ["expert_group_count"] = 4u,
                ["expert_group_used_count"] = 2u,
            },
        },
        ["deepseek2, V3"] = s_deepSeek with
        {
            Latent = new Latent(40, 32, 16, 8, 24),
            Experts = new Mixture { Count = 8, Used = 3, SharedLength = 128, Dense = 1, Sigmoid = true, SelectionBias = true, Normalizes = true, Scale = 2.5, Groups = 4, UsedGroups = 2 },
            Context = 256,
            RopeBase = 100,
            Frequency = (_, i) => Yarn(i, 8, 100, 8, 32, 4, 1),
            ScoreScale = Math.Pow(1 + (0.1 * Math.Log(8)), 2) / Math.Sqrt(24),
            Metadata = new(s_deepSeek.Metadata)
            {
                ["attention.q_lora_rank"] = 40u,
                ["expert_gating_func"] = 2u,
                ["expert_weights_norm"] = true,
                ["expert_weights_scale"] = 2.5f,
                ["expert_group_count"] = 4u,
                ["expert_group_used_count"] = 2u,
                ["rope.scaling.type"] = "yarn",
                ["rope.scaling.factor"] = 8f,
                ["rope.scaling.original_context_length"] = 32u,
                ["rope.scaling.yarn_beta_fast"] = 4f,
                ["rope.scaling.yarn_log_multiplier"] = 0.1f,
            },
        },
    };
}

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>The architectures and what varies in each, from their papers and first implementations (transformers' modeling files).</summary>
internal static class Definitions
{
    private static readonly string[] s_layerBiases = ["attn_qkv", "attn_output", "ffn_up", "ffn_down"];

    private static readonly Definition s_gemma = new()
    {
        Name = "gemma",
        Halves = true,
        HeadDim = 24,
        RotaryDims = 24,
        Activation = Functions.GeluTanh,
        EmbeddingScale = 8,
        Tied = true,
    };

    private static readonly Definition s_parallel = new()
    {
        Name = "gptneox",
        LayerNorm = true,
        Halves = true,
        RotaryDims = 4,
        KvHeads = 4,
        Parallel = true,
        Gated = false,
        Activation = Functions.Gelu,
        JoinedQueryKeyValue = true,
        Biases = s_layerBiases,
        Metadata = { ["use_parallel_residual"] = true },
    };

    private static readonly Definition s_phi3 = new()
    {
        Name = "phi3",
        Halves = true,
        JoinedQueryKeyValue = true,
        JoinedGateUp = true,
    };

    private static readonly Definition s_falcon = new()
    {
        Name = "falcon",
        LayerNorm = true,
        Halves = true,
        KvHeads = 1,
        Parallel = true,
        NormBeforeFeedForward = "attn_norm",
        Gated = false,
        Activation = Functions.Gelu,
        JoinedQueryKeyValue = true,
        Tied = true,
    };

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

    private static readonly float[] s_long = [1.1f, 1.5f, 2f, 4f, 7f, 9f, 12f, 16f];
    private static readonly float[] s_short = [1f, 1.05f, 1.1f, 1.2f, 1.3f, 1.5f, 1.7f, 2f];

    /// <summary>By the name of the case, which begins with the architecture's.</summary>
    public static IReadOnlyDictionary<string, Definition> All { get; } = new Dictionary<string, Definition>
    {
        ["llama"] = new() { Name = "llama" },
        ["llama, tied, biases"] = new() { Name = "llama", Tied = true, Biases = ["attn_q", "attn_k", "attn_v", "attn_output"] },
        ["llama, divisors of Llama 3"] = new() { Name = "llama", Extra = { ["rope_freqs.weight"] = s_long }, Frequency = (_, i) => Math.Pow(10000, -i / 8.0) / s_long[i] },
        ["llama, linear scaling"] = new()
        {
            Name = "llama",
            Context = 256,
            Frequency = (_, i) => Math.Pow(10000, -i / 8.0) / 4,
            Metadata = { ["rope.scaling.type"] = "linear", ["rope.scaling.factor"] = 4f },
        },
        ["llama, YaRN"] = new()
        {
            Name = "llama",
            Context = 256,
            RopeBase = 100,
            Frequency = (_, i) => Yarn(i, 16, 100, 8, 32, 4, 1),
            Magnitude = 1 + (0.1 * Math.Log(8)),
            Metadata = { ["rope.scaling.type"] = "yarn", ["rope.scaling.factor"] = 8f, ["rope.scaling.original_context_length"] = 32u, ["rope.scaling.yarn_beta_fast"] = 4f },
        },
        ["qwen3, YaRN of part of a head"] = new()
        {
            Name = "qwen3",
            HeadDim = 24,
            Halves = true,
            HeadNorms = true,
            Context = 256,
            RopeBase = 100,
            Frequency = (_, i) => Yarn(i, 16, 100, 8, 32, 4, 1),
            Magnitude = 1 + (0.1 * Math.Log(8)),
            Metadata = { ["rope.scaling.type"] = "yarn", ["rope.scaling.factor"] = 8f, ["rope.scaling.original_context_length"] = 32u, ["rope.scaling.yarn_beta_fast"] = 4f },
        },
        ["llama, sliding window (Mistral)"] = new() { Name = "llama", Window = _ => 7, Metadata = { ["attention.sliding_window"] = 7u } },
        ["qwen2"] = new() { Name = "qwen2", Halves = true, RopeBase = 1000000, Biases = ["attn_q", "attn_k", "attn_v"] },
        ["qwen3"] = new() { Name = "qwen3", Halves = true, HeadDim = 24, RotaryDims = 24, RopeBase = 1000000, HeadNorms = true, Epsilon = 1e-6 },
        ["gemma"] = s_gemma,
        ["gemma2"] = s_gemma with
        {
            Name = "gemma2",
            Layers = 4,
            NormOfAttention = "post_attention_norm",
            NormOfFeedForward = "post_ffw_norm",
            Window = layer => layer % 2 == 0 ? 7 : int.MaxValue,
            ScoreCap = 2,
            LogitCap = 3,
            Metadata = new() { ["attention.sliding_window"] = 7u, ["attn_logit_softcapping"] = 2f, ["final_logit_softcapping"] = 3f },
        },
        ["gemma3"] = s_gemma with
        {
            Name = "gemma3",
            Layers = 7,
            NormOfAttention = "post_attention_norm",
            NormOfFeedForward = "post_ffw_norm",
            HeadNorms = true,
            Window = layer => layer % 6 == 5 ? int.MaxValue : 7,
            RopeBase = 1000000,
            Frequency = (layer, i) => layer % 6 == 5 ? Math.Pow(1000000, -i / 12.0) / 8 : Math.Pow(10000, -i / 12.0),
            Metadata = new() { ["attention.sliding_window"] = 7u, ["rope.scaling.type"] = "linear", ["rope.scaling.factor"] = 8f },
        },
        ["phi2"] = s_parallel with
        {
            Name = "phi2",
            RotaryDims = 6,
            NormBeforeFeedForward = "attn_norm",
            Activation = Functions.GeluTanh,
            OutputBias = true,
            Metadata = [],
        },
        ["phi3"] = s_phi3,
        ["phi3, LongRoPE within its context"] = s_phi3 with
        {
            Extra = new() { ["rope_factors_long.weight"] = s_long, ["rope_factors_short.weight"] = s_short },
            Frequency = (_, i) => Math.Pow(10000, -i / 8.0) / s_short[i],
            Magnitude = 1.19,
            Metadata = new() { ["rope.scaling.original_context_length"] = 4096u, ["rope.scaling.attn_factor"] = 1.19f },
        },
        ["phi3, LongRoPE beyond"] = s_phi3 with
        {
            Context = 256,
            Extra = new() { ["rope_factors_long.weight"] = s_long, ["rope_factors_short.weight"] = s_short },
            Frequency = (_, i) => Math.Pow(10000, -i / 8.0) / s_long[i],
            Magnitude = 1.19,
            Metadata = new() { ["rope.scaling.original_context_length"] = 32u, ["rope.scaling.attn_factor"] = 1.19f },
        },
        ["phi3, LongRoPE of part of a head (Phi-4-mini)"] = s_phi3 with
        {
            RotaryDims = 12,
            Tied = true,
            Extra = new() { ["rope_factors_long.weight"] = s_long[..6], ["rope_factors_short.weight"] = s_short[..6] },
            Frequency = (_, i) => Math.Pow(10000, -i / 6.0) / s_short[i],
            Magnitude = 1.19,
            Metadata = new() { ["rope.scaling.original_context_length"] = 4096u, ["rope.scaling.attn_factor"] = 1.19f },
        },
        ["phi3, sliding window"] = s_phi3 with { Window = _ => 7, Metadata = new() { ["attention.sliding_window"] = 7u } },
        ["gpt2"] = s_parallel with
        {
            Name = "gpt2",
            Parallel = false,
            RotaryDims = 0,
            PositionEmbedding = true,
            Activation = Functions.GeluTanh,
            Tied = true,
            Metadata = [],
        },
        ["gptneox"] = s_parallel,
        ["gptneox, one after the other"] = s_parallel with { Parallel = false, Metadata = new() { ["use_parallel_residual"] = false } },
        ["falcon"] = s_falcon,
        ["falcon, two norms (40B)"] = s_falcon with { KvHeads = 2, NormBeforeAttention = "attn_norm_2", Tied = false },
        ["starcoder2"] = new()
        {
            Name = "starcoder2",
            LayerNorm = true,
            Halves = true,
            Gated = false,
            Activation = Functions.GeluTanh,
            Biases = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_down"],
            Tied = true,
        },
        ["olmo2"] = new()
        {
            Name = "olmo2",
            Halves = true,
            NormBeforeAttention = null,
            NormBeforeFeedForward = null,
            NormOfAttention = "post_attention_norm",
            NormOfFeedForward = "post_ffw_norm",
            WholeNorms = true,
        },
        ["granite"] = new()
        {
            Name = "granite",
            EmbeddingScale = 12,
            ResidualScale = 0.22,
            LogitDivisor = 8,
            ScoreScale = 0.0625,
            Tied = true,
            Metadata = { ["embedding_scale"] = 12f, ["residual_scale"] = 0.22f, ["logit_scale"] = 8f, ["attention.scale"] = 0.0625f },
        },
        ["smollm3"] = new()
        {
            Name = "smollm3",
            Layers = 5,
            RopeBase = 5000000,
            Frequency = (layer, i) => layer == 3 ? 0 : Math.Pow(5000000, -i / 8.0),
            Tied = true,
        },
        ["llama, experts (Mixtral)"] = new()
        {
            Name = "llama",
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
        ["bert"] = new()
        {
            Name = "bert",
            Encoder = true,
            LayerNorm = true,
            Epsilon = 1e-12,
            KvHeads = 4,
            RotaryDims = 0,
            PositionEmbedding = true,
            NormBeforeAttention = null,
            NormBeforeFeedForward = null,
            NormAfterAttention = "attn_output_norm",
            NormAfterFeedForward = "layer_output_norm",
            Gated = false,
            Activation = Functions.Gelu,
            Biases = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_down"],
            Metadata = { ["attention.causal"] = false, ["pooling_type"] = 1u },
        },
        ["nomic-bert"] = new()
        {
            Name = "nomic-bert",
            Encoder = true,
            LayerNorm = true,
            Epsilon = 1e-12,
            KvHeads = 4,
            Halves = true,
            RopeBase = 1000,
            JoinedQueryKeyValue = true,
            NormBeforeAttention = null,
            NormBeforeFeedForward = null,
            NormAfterAttention = "attn_output_norm",
            NormAfterFeedForward = "layer_output_norm",
            Metadata = { ["attention.causal"] = false, ["pooling_type"] = 1u },
        },
    };

    /// <summary>What llama.cpp computes otherwise on purpose, and why it is not compared.</summary>
    public static IReadOnlyDictionary<string, string> NotInLlamaCpp { get; } = new Dictionary<string, string>
    {
        ["llama, sliding window (Mistral)"] = "llama.cpp does not read the window of this architecture",
        ["qwen3, YaRN of part of a head"] = "llama.cpp turns whole heads in this architecture",
        ["phi3, sliding window"] = "llama.cpp switches the window of this architecture off",
        ["gpt-oss, YaRN"] = "llama.cpp rounds the range of pairs, OpenAI's code does not",
    };

    // Peng et al., 2023, equations 17 to 20, with s positions in place of one: pairs from low to high are mixed.
    private static double Yarn(int pair, int dims, double frequencyBase, double s, double original, double fast, double slow, bool rounds = true)
    {
        double Dimension(double turns) => dims * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(frequencyBase));
        double from = Dimension(fast), to = Dimension(slow);
        double low = Math.Max(rounds ? Math.Floor(from) : from, 0), high = Math.Min(rounds ? Math.Ceiling(to) : to, dims - 1);
        double ramp = Math.Clamp((pair - low) / (high - low), 0, 1), frequency = Math.Pow(frequencyBase, -2.0 * pair / dims);
        return (frequency / s * ramp) + (frequency * (1 - ramp));
    }
}

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

    private static readonly float[] s_long = [1.1f, 1.5f, 2f, 4f, 7f, 9f, 12f, 16f];
    private static readonly float[] s_short = [1f, 1.05f, 1.1f, 1.2f, 1.3f, 1.5f, 1.7f, 2f];

    /// <summary>By the name of the case, which begins with the architecture's.</summary>
    public static IReadOnlyDictionary<string, Definition> All { get; } = new[] { Dense(), ExpertDefinitions.All, EncoderDefinitions.All }.SelectMany(d => d).ToDictionary();

    private static Dictionary<string, Definition> Dense() => new()
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
    };

    /// <summary>What llama.cpp computes otherwise on purpose, and why it is not compared.</summary>
    public static IReadOnlyDictionary<string, string> NotInLlamaCpp { get; } = new Dictionary<string, string>
    {
        ["llama, sliding window (Mistral)"] = "llama.cpp does not read the window of this architecture",
        ["qwen3, YaRN of part of a head"] = "llama.cpp turns whole heads in this architecture",
        ["phi3, sliding window"] = "llama.cpp switches the window of this architecture off",
        ["llama, experts in tensors of their own"] = "llama.cpp no longer reads such files",
        ["deepseek2, V2 (groups)"] = "llama.cpp counts a group's two best experts, as V3 does, where V2's own code counts the best; counted so here too, both give the same to 6.0e-6",
        ["gpt-oss, YaRN"] = "llama.cpp rounds the range of pairs, OpenAI's code does not",
    };

    // Peng et al., 2023, equations 17 to 20, with s positions in place of one: pairs from low to high are mixed.
    internal static double Yarn(int pair, int dims, double frequencyBase, double s, double original, double fast, double slow, bool rounds = true)
    {
        double Dimension(double turns) => dims * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(frequencyBase));
        double from = Dimension(fast), to = Dimension(slow);
        double low = Math.Max(rounds ? Math.Floor(from) : from, 0), high = Math.Min(rounds ? Math.Ceiling(to) : to, dims - 1);
        double ramp = Math.Clamp((pair - low) / (high - low), 0, 1), frequency = Math.Pow(frequencyBase, -2.0 * pair / dims);
        return (frequency / s * ramp) + (frequency * (1 - ramp));
    }
}

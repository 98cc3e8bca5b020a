namespace KernelFoundry.Inference.Models;

/// <summary>The architectures that need no record of the caller's own, under the names that GGUF files have for them.</summary>
public static class ModelArchitectures
{
    private const string LayerNormEpsilon = "attention.layer_norm_epsilon";

    /// <summary>
    /// LLaMA and its many descendants. Touvron et al., "LLaMA", 2023; grouped queries: Ainslie et al., "GQA", 2023. GGUF files of this
    /// architecture store queries and keys permuted, so that rotary pairs are neighbours.
    /// </summary>
    public static ModelArchitecture Llama { get; } = new() { Name = "llama", Models = "Llama 1, 2, 3.x; Mistral; Mixtral; SmolLM 1, 2", Experts = new ExpertRouting { NormalizesWeights = true } };

    /// <summary>Qwen2: biases of queries, keys and values. Yang et al., "Qwen2 Technical Report", 2024.</summary>
    public static ModelArchitecture Qwen2 { get; } = new()
    {
        Name = "qwen2",
        Models = "Qwen2, Qwen2.5",
        Rotary = RotaryKind.HalfSplit,
        Biases = ProjectionBiases.QueryKeyValue,
    };

    /// <summary>Qwen3: norms of queries and keys instead. Yang et al., "Qwen3 Technical Report", 2025.</summary>
    public static ModelArchitecture Qwen3 { get; } = new()
    {
        Name = "qwen3",
        Models = "Qwen3",
        Rotary = RotaryKind.HalfSplit,
        QueryKeyNorm = QueryKeyNormKind.Head,
    };

    /// <summary>Qwen1.5-MoE and Qwen2-MoE: shared experts behind a gate. Yang et al., "Qwen2 Technical Report", 2024, section 2.2.2.</summary>
    public static ModelArchitecture Qwen2Moe { get; } = Qwen2 with
    {
        Name = "qwen2moe",
        Models = "Qwen1.5-MoE, Qwen2-MoE",
        Experts = new ExpertRouting { GatesShared = true },
    };

    /// <summary>Qwen3 with mixtures of experts. Yang et al., "Qwen3 Technical Report", 2025, section 2.</summary>
    public static ModelArchitecture Qwen3Moe { get; } = Qwen3 with
    {
        Name = "qwen3moe",
        Models = "Qwen3-MoE (30B-A3B, 235B-A22B)",
        Experts = new ExpertRouting { NormalizesWeights = true },
    };

    /// <summary>gpt-oss: sinks, a window in every other layer, clamped SwiGLU. OpenAI, "gpt-oss", 2025, section 2.</summary>
    public static ModelArchitecture GptOss { get; } = new()
    {
        Name = "gpt-oss",
        Models = "gpt-oss 20B, 120B",
        Rotary = RotaryKind.HalfSplit,
        RotaryBase = 150000,
        RoundsYarnRange = false,
        GlobalEvery = 2,
        HasSinks = true,
        Biases = ProjectionBiases.QueryKeyValue | ProjectionBiases.AttentionOutput,
        Experts = new ExpertRouting { NormalizesWeights = true, ClampsGate = true, HasBiases = true },
        Tensors = new() { FeedForwardNorm = "blk.{0}.post_attention_norm" },
    };

    /// <summary>Gemma. Gemma Team, "Gemma", 2024. Files hold the norms' weights with the 1 added that the paper's code adds.</summary>
    public static ModelArchitecture Gemma { get; } = new()
    {
        Name = "gemma",
        Models = "Gemma 1",
        Rotary = RotaryKind.HalfSplit,
        FeedForward = FeedForwardKind.GeGlu,
        ScalesEmbeddings = true,
    };

    /// <summary>Gemma 2: soft caps, a window in every other layer, norms before and after. Gemma Team, "Gemma 2", 2024, section 2.</summary>
    public static ModelArchitecture Gemma2 { get; } = Gemma with
    {
        Name = "gemma2",
        Models = "Gemma 2",
        PostNorms = PostNormKind.Branch,
        ScoreSoftCap = 50,
        LogitSoftCap = 30,
        DefaultWindow = 4096,
        GlobalEvery = 2,
        LayersScaledByEmbedding = 46,
    };

    /// <summary>Gemma 3: norms of queries and keys instead of soft caps, five layers with a window to one without. Gemma Team, "Gemma 3", 2025, section 2.</summary>
    public static ModelArchitecture Gemma3 { get; } = Gemma with
    {
        Name = "gemma3",
        Models = "Gemma 3 (text)",
        PostNorms = PostNormKind.Branch,
        QueryKeyNorm = QueryKeyNormKind.Head,
        LocalRotaryBase = 10000,
        GlobalEvery = 6,
        LayersScaledByEmbedding = 62,
    };

    /// <summary>Phi-1.5 and 2: attention and feed-forward layer in parallel behind one norm. Gunasekar et al., "Textbooks Are All You Need", 2023.</summary>
    public static ModelArchitecture Phi2 { get; } = new()
    {
        Name = "phi2",
        Models = "Phi-1, Phi-1.5, Phi-2",
        Norm = NormKind.LayerNorm,
        NormEpsilonKey = LayerNormEpsilon,
        Rotary = RotaryKind.HalfSplit,
        IsParallel = true,
        SharesNorm = true,
        FeedForward = FeedForwardKind.GeluTanh,
        Biases = ProjectionBiases.Layers | ProjectionBiases.Logits,
    };

    /// <summary>Phi-3: joined projections; LongRoPE (Ding et al., 2024) in long-context models. Abdin et al., "Phi-3 Technical Report", 2024.</summary>
    public static ModelArchitecture Phi3 { get; } = new()
    {
        Name = "phi3",
        Models = "Phi-3, Phi-3.5, Phi-4, Phi-4-mini",
        Rotary = RotaryKind.HalfSplit,
        JoinsGateAndUp = true,
    };

    /// <summary>GPT-2: learned positions. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.</summary>
    public static ModelArchitecture Gpt2 { get; } = new()
    {
        Name = "gpt2",
        Models = "GPT-2",
        Norm = NormKind.LayerNorm,
        NormEpsilonKey = LayerNormEpsilon,
        Rotary = RotaryKind.None,
        HasPositionEmbedding = true,
        FeedForward = FeedForwardKind.GeluTanh,
        Biases = ProjectionBiases.Layers,
    };

    /// <summary>GPT-NeoX: a parallel residual, partial rotary encoding. Black et al., "GPT-NeoX-20B", 2022; Biderman et al., "Pythia", 2023.</summary>
    public static ModelArchitecture GptNeoX { get; } = new()
    {
        Name = "gptneox",
        Models = "GPT-NeoX, Pythia",
        Norm = NormKind.LayerNorm,
        NormEpsilonKey = LayerNormEpsilon,
        Rotary = RotaryKind.HalfSplit,
        IsParallel = true,
        FeedForward = FeedForwardKind.Gelu,
        Biases = ProjectionBiases.Layers,
    };

    /// <summary>Falcon, first generation. Almazrouei et al., "The Falcon Series of Open Language Models", 2023.</summary>
    public static ModelArchitecture Falcon { get; } = new()
    {
        Name = "falcon",
        Models = "Falcon 7B, 40B, 180B",
        Norm = NormKind.LayerNorm,
        NormEpsilonKey = LayerNormEpsilon,
        Rotary = RotaryKind.HalfSplit,
        IsParallel = true,
        SharesNorm = true,
        FeedForward = FeedForwardKind.Gelu,
    };

    /// <summary>StarCoder2. Lozhkov et al., "StarCoder 2 and The Stack v2", 2024.</summary>
    public static ModelArchitecture StarCoder2 { get; } = new()
    {
        Name = "starcoder2",
        Models = "StarCoder2",
        Norm = NormKind.LayerNorm,
        NormEpsilonKey = LayerNormEpsilon,
        Rotary = RotaryKind.HalfSplit,
        FeedForward = FeedForwardKind.GeluTanh,
        Biases = ProjectionBiases.AttentionOutput | ProjectionBiases.FeedForward,
    };

    /// <summary>OLMo 2: norms after, not before, and of whole queries and keys. OLMo Team, "2 OLMo 2 Furious", 2024, section 3.1.</summary>
    public static ModelArchitecture Olmo2 { get; } = new()
    {
        Name = "olmo2",
        Models = "OLMo 2",
        Rotary = RotaryKind.HalfSplit,
        HasPreNorms = false,
        PostNorms = PostNormKind.Branch,
        QueryKeyNorm = QueryKeyNormKind.Projection,
    };

    /// <summary>Granite 3: LLaMA with multipliers. Granite Team, "Granite 3.0 Language Models", 2024.</summary>
    public static ModelArchitecture Granite { get; } = new() { Name = "granite", Models = "Granite 3.x", HasMultipliers = true };

    /// <summary>SmolLM3: LLaMA without positions in every fourth layer. Bakouch et al., "SmolLM3", 2025.</summary>
    public static ModelArchitecture SmolLM3 { get; } = new() { Name = "smollm3", Models = "SmolLM3", UnrotatedEvery = 4 };

    /// <summary>
    /// DeepSeek-V2 and V3: latent attention, leading dense layers, experts in groups. DeepSeek-AI, "DeepSeek-V2", 2024; "DeepSeek-V3", 2024. Files must have keys and
    /// values of latent attention apart (<c>attn_k_b</c>, <c>attn_v_b</c>), as they have since 2025.
    /// </summary>
    public static ModelArchitecture DeepSeek2 { get; } = new()
    {
        Name = "deepseek2",
        Models = "DeepSeek-V2, V2-Lite, V3, R1",
        IsLatent = true,
        Experts = new ExpertRouting(),
    };

    /// <summary>BERT: an encoder. Devlin et al., "BERT", 2018.</summary>
    public static ModelArchitecture Bert { get; } = new()
    {
        Name = "bert",
        Models = "BERT, bge, e5, all-MiniLM",
        Norm = NormKind.LayerNorm,
        NormEpsilonKey = LayerNormEpsilon,
        HasPreNorms = false,
        PostNorms = PostNormKind.Residual,
        HasOutputNorm = false,
        Rotary = RotaryKind.None,
        HasPositionEmbedding = true,
        HasTextTypes = true,
        Attention = AttentionKind.Bidirectional,
        FeedForward = FeedForwardKind.Gelu,
        Biases = ProjectionBiases.Layers,
        Tensors = new() { PostAttentionNorm = "blk.{0}.attn_output_norm", PostFeedForwardNorm = "blk.{0}.layer_output_norm" },
    };

    /// <summary>nomic-embed-text: BERT with rotary encoding and SwiGLU. Nussbaum et al., "Nomic Embed", 2024, section 2.</summary>
    public static ModelArchitecture NomicBert { get; } = Bert with
    {
        Name = "nomic-bert",
        Models = "nomic-embed-text 1, 1.5",
        Rotary = RotaryKind.HalfSplit,
        RotaryBase = 1000,
        HasPositionEmbedding = false,
        FeedForward = FeedForwardKind.SwiGlu,
        Biases = ProjectionBiases.None,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelArchitecture> All { get; } =
    [
        Llama, Qwen2, Qwen2Moe, Qwen3, Qwen3Moe, GptOss, Gemma, Gemma2, Gemma3, Phi2, Phi3, Gpt2, GptNeoX, Falcon, StarCoder2, Olmo2, Granite, SmolLM3, DeepSeek2, Bert, NomicBert,
    ];
}

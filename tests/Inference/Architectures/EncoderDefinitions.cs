namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Encoders.</summary>
internal static class EncoderDefinitions
{
    public static Dictionary<string, Definition> All { get; } = new()
    {
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
}

using System.Globalization;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// What an architecture's tensors are called in a GGUF file, without the ending <c>.weight</c> or <c>.bias</c>. <c>{0}</c> stands for the
/// number of the layer. The defaults are what most architectures use.
/// </summary>
public sealed record TensorNames
{
    /// <summary>Token embeddings, [vocabulary, embedding].</summary>
    public string TokenEmbedding { get; init; } = "token_embd";

    /// <summary>Position embeddings, [context, embedding].</summary>
    public string PositionEmbedding { get; init; } = "position_embd";

    /// <summary>Vectors of the first and the second of two texts, [2, embedding].</summary>
    public string TextTypes { get; init; } = "token_types";

    /// <summary>Norm of the embeddings, [embedding].</summary>
    public string EmbeddingNorm { get; init; } = "token_embd_norm";

    /// <summary>Divisors of the rotary frequencies, [rotaryDims / 2].</summary>
    public string RotaryDivisors { get; init; } = "rope_freqs";

    /// <summary>Those of sequences up to the original context.</summary>
    public string ShortRotaryDivisors { get; init; } = "rope_factors_short";

    /// <summary>Those of longer sequences.</summary>
    public string LongRotaryDivisors { get; init; } = "rope_factors_long";

    /// <summary>Norm after the last layer, [embedding].</summary>
    public string OutputNorm { get; init; } = "output_norm";

    /// <summary>Projection to logits, [vocabulary, embedding]; where absent, the token embeddings serve.</summary>
    public string Output { get; init; } = "output";

    /// <summary>Norm before attention, [embedding].</summary>
    public string AttentionNorm { get; init; } = "blk.{0}.attn_norm";

    /// <summary>Norm before attention where <see cref="AttentionNorm"/> is the feed-forward layer's, [embedding].</summary>
    public string AttentionNorm2 { get; init; } = "blk.{0}.attn_norm_2";

    /// <summary>Queries, keys and values in one, [(heads + 2 kvHeads) * headDim, embedding]; where absent, the three that follow.</summary>
    public string QueryKeyValue { get; init; } = "blk.{0}.attn_qkv";

    /// <summary>Query projection, [heads * headDim, embedding].</summary>
    public string Query { get; init; } = "blk.{0}.attn_q";

    /// <summary>Key projection, [kvHeads * headDim, embedding].</summary>
    public string Key { get; init; } = "blk.{0}.attn_k";

    /// <summary>Value projection, [kvHeads * headDim, embedding].</summary>
    public string Value { get; init; } = "blk.{0}.attn_v";

    /// <summary>Projection to the short vector of queries, [queryRank, embedding].</summary>
    public string QueryDown { get; init; } = "blk.{0}.attn_q_a";

    /// <summary>Its norm, [queryRank].</summary>
    public string QueryDownNorm { get; init; } = "blk.{0}.attn_q_a_norm";

    /// <summary>Queries of short vectors, [heads * (plainDims + rotaryDims), queryRank].</summary>
    public string QueryUp { get; init; } = "blk.{0}.attn_q_b";

    /// <summary>Projection to the short vector of keys and values, and turned elements, [keyValueRank + rotaryDims, embedding].</summary>
    public string KeyValueDown { get; init; } = "blk.{0}.attn_kv_a_mqa";

    /// <summary>Its norm, [keyValueRank].</summary>
    public string KeyValueNorm { get; init; } = "blk.{0}.attn_kv_a_norm";

    /// <summary>What takes queries to short vectors, [heads, keyValueRank, plainDims].</summary>
    public string LatentKeys { get; init; } = "blk.{0}.attn_k_b";

    /// <summary>Values of short vectors, [heads, valueDims, keyValueRank].</summary>
    public string LatentValues { get; init; } = "blk.{0}.attn_v_b";

    /// <summary>Norm of queries, [headDim] or [heads * headDim].</summary>
    public string QueryNorm { get; init; } = "blk.{0}.attn_q_norm";

    /// <summary>Norm of keys, [headDim] or [kvHeads * headDim].</summary>
    public string KeyNorm { get; init; } = "blk.{0}.attn_k_norm";

    /// <summary>Projection of all heads' outputs, [embedding, heads * headDim].</summary>
    public string AttentionOutput { get; init; } = "blk.{0}.attn_output";

    /// <summary>Norm after attention, [embedding].</summary>
    public string PostAttentionNorm { get; init; } = "blk.{0}.post_attention_norm";

    /// <summary>Norm before the feed-forward layer, [embedding].</summary>
    public string FeedForwardNorm { get; init; } = "blk.{0}.ffn_norm";

    /// <summary>Gate of the feed-forward layer, [feedForward, embedding].</summary>
    public string Gate { get; init; } = "blk.{0}.ffn_gate";

    /// <summary>Up projection of the feed-forward layer, [feedForward, embedding]; with the gate's rows before its own where the architecture joins them.</summary>
    public string Up { get; init; } = "blk.{0}.ffn_up";

    /// <summary>Down projection of the feed-forward layer, [embedding, feedForward].</summary>
    public string Down { get; init; } = "blk.{0}.ffn_down";

    /// <summary>Router of a mixture of experts, [experts, embedding].</summary>
    public string Router { get; init; } = "blk.{0}.ffn_gate_inp";

    /// <summary>Added to affinities where experts are chosen, [experts].</summary>
    public string SelectionBias { get; init; } = "blk.{0}.exp_probs_b";

    /// <summary>Gates of the experts, [experts, feedForward, embedding].</summary>
    public string ExpertGates { get; init; } = "blk.{0}.ffn_gate_exps";

    /// <summary>Up projections of the experts, [experts, feedForward, embedding].</summary>
    public string ExpertUps { get; init; } = "blk.{0}.ffn_up_exps";

    /// <summary>Down projections of the experts, [experts, embedding, feedForward].</summary>
    public string ExpertDowns { get; init; } = "blk.{0}.ffn_down_exps";

    /// <summary>What the shared experts' outputs are gated by, [embedding].</summary>
    public string SharedRouter { get; init; } = "blk.{0}.ffn_gate_inp_shexp";

    /// <summary>Gate of the shared experts, [sharedLength, embedding].</summary>
    public string SharedGate { get; init; } = "blk.{0}.ffn_gate_shexp";

    /// <summary>Up projection of the shared experts, [sharedLength, embedding].</summary>
    public string SharedUp { get; init; } = "blk.{0}.ffn_up_shexp";

    /// <summary>Down projection of the shared experts, [embedding, sharedLength].</summary>
    public string SharedDown { get; init; } = "blk.{0}.ffn_down_shexp";

    /// <summary>Scores of attention's sinks, [heads].</summary>
    public string Sinks { get; init; } = "blk.{0}.attn_sinks";

    /// <summary>Norm after the feed-forward layer, [embedding].</summary>
    public string PostFeedForwardNorm { get; init; } = "blk.{0}.post_ffw_norm";

    /// <summary>The name of a layer's tensor.</summary>
    /// <param name="pattern">One of the names above.</param>
    /// <param name="layer">Number of the layer.</param>
    /// <returns>The name, without an ending.</returns>
    public static string OfLayer(string pattern, int layer) => string.Format(CultureInfo.InvariantCulture, pattern, layer);
}

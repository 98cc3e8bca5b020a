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

    /// <summary>Norm after the last layer, [embedding].</summary>
    public string OutputNorm { get; init; } = "output_norm";

    /// <summary>Projection to logits, [vocabulary, embedding]; where absent, the token embeddings serve.</summary>
    public string Output { get; init; } = "output";

    /// <summary>Norm before attention, [embedding].</summary>
    public string AttentionNorm { get; init; } = "blk.{0}.attn_norm";

    /// <summary>Query projection, [heads * headDim, embedding].</summary>
    public string Query { get; init; } = "blk.{0}.attn_q";

    /// <summary>Key projection, [kvHeads * headDim, embedding].</summary>
    public string Key { get; init; } = "blk.{0}.attn_k";

    /// <summary>Value projection, [kvHeads * headDim, embedding].</summary>
    public string Value { get; init; } = "blk.{0}.attn_v";

    /// <summary>Projection of all heads' outputs, [embedding, heads * headDim].</summary>
    public string AttentionOutput { get; init; } = "blk.{0}.attn_output";

    /// <summary>Norm before the feed-forward layer, [embedding].</summary>
    public string FeedForwardNorm { get; init; } = "blk.{0}.ffn_norm";

    /// <summary>Gate of the feed-forward layer, [feedForward, embedding].</summary>
    public string Gate { get; init; } = "blk.{0}.ffn_gate";

    /// <summary>Up projection of the feed-forward layer, [feedForward, embedding].</summary>
    public string Up { get; init; } = "blk.{0}.ffn_up";

    /// <summary>Down projection of the feed-forward layer, [embedding, feedForward].</summary>
    public string Down { get; init; } = "blk.{0}.ffn_down";

    /// <summary>The name of a layer's tensor.</summary>
    /// <param name="pattern">One of the names above.</param>
    /// <param name="layer">Number of the layer.</param>
    /// <returns>The name, without an ending.</returns>
    public static string OfLayer(string pattern, int layer) => string.Format(CultureInfo.InvariantCulture, pattern, layer);
}

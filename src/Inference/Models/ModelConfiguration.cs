using System.Text;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>An architecture with the sizes and constants of one model.</summary>
public sealed record ModelConfiguration
{
    /// <summary>The choices that are not numbers.</summary>
    public required ModelArchitecture Architecture { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int EmbeddingLength { get; init; }

    /// <summary>Width inside the feed-forward layer.</summary>
    public required int FeedForwardLength { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key and value heads; it divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Elements of a query, key or value vector of one head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Leading elements of a head that rotary position encoding turns; even.</summary>
    public required int RotaryDims { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public required float RotaryBase { get; init; }

    /// <summary>What positions are multiplied by before they become angles; below 1 stretches the context.</summary>
    public required float RotaryScale { get; init; }

    /// <summary>Positions a sliding window reaches back, the position itself included; 0 where there is no window.</summary>
    public required int SlidingWindow { get; init; }

    /// <summary>What is added to the mean square, or variance, in a norm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Most positions of a sequence.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Number of tokens.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Rows of the query projection: all heads together.</summary>
    public int QueryLength => Heads * HeadDim;

    /// <summary>Rows of the key projection and of the value projection.</summary>
    public int KeyValueLength => KeyValueHeads * HeadDim;

    /// <summary>Reads and checks a file's metadata.</summary>
    /// <param name="file">The file.</param>
    /// <param name="architectures">The architectures to choose from; null for <see cref="ModelArchitectures.All"/>.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="InvalidModelException">An entry is missing, out of range, not supported, or contradicts another.</exception>
    public static ModelConfiguration Read(GgufFile file, IReadOnlyList<ModelArchitecture>? architectures = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        architectures ??= ModelArchitectures.All;
        const string key = "general.architecture";
        string name = file.Metadata.GetString(key);
        ModelArchitecture architecture = architectures.FirstOrDefault(a => a.Name == name)
            ?? throw file.Metadata.GetValue(key).Error(
                $"the unsupported architecture {file.Metadata.GetValue(key)}",
                string.Join(" or ", architectures.Select(a => $"'{a.Name}'")));
        return Read(file, architecture);
    }

    private static ModelConfiguration Read(GgufFile file, ModelArchitecture architecture)
    {
        var section = new MetadataSection(file, architecture.Name);
        if (section.Has("expert_count") && file.Metadata.GetUInt32(section.Key("expert_count")) is var experts and > 0)
            throw section.Error("expert_count", $"{experts}", "0: mixtures of experts are not supported");

        int embedding = section.Count("embedding_length");
        int heads = section.Count("attention.head_count");
        int kvHeads = section.Count("attention.head_count_kv", heads);
        if (heads % kvHeads != 0)
            throw section.Error("attention.head_count_kv", $"{kvHeads}", $"a divisor of the number of heads, {heads}");
        int headDim = HeadDimOf(section, embedding, heads);
        return new ModelConfiguration
        {
            Architecture = architecture,
            Layers = section.Count("block_count"),
            EmbeddingLength = embedding,
            FeedForwardLength = section.Count("feed_forward_length"),
            Heads = heads,
            KeyValueHeads = kvHeads,
            HeadDim = headDim,
            RotaryDims = RotaryDimsOf(section, headDim),
            RotaryBase = section.Positive("rope.freq_base", architecture.RotaryBase),
            RotaryScale = RotaryScaleOf(section),
            SlidingWindow = architecture.Attention == AttentionKind.SlidingWindow ? section.Count("attention.sliding_window") : 0,
            NormEpsilon = section.Positive(architecture.NormEpsilonKey),
            ContextLength = section.Count("context_length"),
            VocabularySize = VocabularySizeOf(file, section),
        };
    }

    private static int HeadDimOf(MetadataSection section, int embedding, int heads)
    {
        if (!section.Has("attention.key_length") && embedding % heads != 0)
            throw section.Error("attention.head_count", $"{heads}", $"a divisor of the embedding length, {embedding}");
        int headDim = section.Count("attention.key_length", embedding / heads);
        int valueDim = section.Count("attention.value_length", headDim);
        if (valueDim != headDim)
            throw section.Error("attention.value_length", $"{valueDim}", $"{headDim}, the length of a key");
        return (long)headDim * heads <= int.MaxValue
            ? headDim
            : throw section.Error("attention.head_count", $"{heads}", $"at most {int.MaxValue / headDim} heads of {headDim} elements");
    }

    private static int RotaryDimsOf(MetadataSection section, int headDim)
    {
        int dims = section.Count("rope.dimension_count", headDim);
        return dims % 2 == 0 && dims <= headDim
            ? dims
            : throw section.Error("rope.dimension_count", $"{dims}", $"an even number up to the {headDim} elements of a head");
    }

    private static float RotaryScaleOf(MetadataSection section)
    {
        string type = section.Text("rope.scaling.type", "none");
        return type switch
        {
            // Files from before the type was written have a factor alone.
            "none" => 1f / section.Positive("rope.scale_linear", 1f),
            "linear" => 1f / section.Positive("rope.scaling.factor"),
            _ => throw section.Error("rope.scaling.type", InvalidModelException.Quote(Encoding.UTF8.GetBytes(type)), "'none' or 'linear'"),
        };
    }

    private static int VocabularySizeOf(GgufFile file, MetadataSection section)
    {
        int tokens = file.Metadata.GetStrings("tokenizer.ggml.tokens").Count;
        int size = section.Count("vocab_size", tokens);
        return size == tokens
            ? size
            : throw section.Error("vocab_size", $"{size}", $"{tokens}, the number of tokens in 'tokenizer.ggml.tokens'");
    }
}

using System.Text;
using KernelFoundry.Inference.Embeddings;
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

    /// <summary>YaRN's part in the rotary frequencies; null for none.</summary>
    public YarnScaling? Yarn { get; init; }

    /// <summary>What turned queries and keys are multiplied by, besides what <see cref="Yarn"/> asks for.</summary>
    public float RotaryMagnitude { get; init; } = 1;

    /// <summary>Positions the model was trained on before LongRoPE extended it; 0 for all.</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>Positions a sliding window reaches back, the position itself included; 0 where there is no window.</summary>
    public required int SlidingWindow { get; init; }

    /// <summary>If above 0, the last of each so many layers has no window.</summary>
    public int GlobalEvery { get; init; }

    /// <summary>Factor of attention's scores; null for 1 / sqrt(<see cref="HeadDim"/>).</summary>
    public float? ScoreScale { get; init; }

    /// <summary>Bound of attention's scores; 0 for none.</summary>
    public float ScoreSoftCap { get; init; }

    /// <summary>Bound of the logits; 0 for none.</summary>
    public float LogitSoftCap { get; init; }

    /// <summary>Whether the feed-forward layer reads what attention reads.</summary>
    public bool IsParallel { get; init; }

    /// <summary>Factor of the embeddings.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Factor of what is added to the residual stream.</summary>
    public float ResidualScale { get; init; } = 1;

    /// <summary>Factor of the logits.</summary>
    public float LogitScale { get; init; } = 1;

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

    /// <summary>Elements of a position's keys and values in all layers, as a cache holds them; where attention is latent, keys are values too.</summary>
    public long CachedPerPosition => (long)Int128.Min(long.MaxValue, (Int128)(Latent is null ? 2 : 1) * Layers * KeyValueHeads * HeadDim);

    /// <summary>Its mixtures of experts; null for none.</summary>
    public ExpertConfiguration? Experts { get; init; }

    /// <summary>Its latent attention; null for none.</summary>
    public LatentConfiguration? Latent { get; init; }

    /// <summary>How the states of a text's tokens become one vector, where the file says it.</summary>
    public EmbeddingPooling? Pooling { get; init; }

    /// <summary>Whether a layer has a mixture of experts.</summary>
    /// <param name="layer">Number of the layer, from 0.</param>
    public bool HasExperts(int layer) => Experts is { } experts && layer >= experts.LeadingDense;

    /// <summary>Whether the feed-forward layer has a gate.</summary>
    public bool HasGate => Architecture.FeedForward is FeedForwardKind.SwiGlu or FeedForwardKind.GeGlu;

    /// <summary>Factor of attention's scores with all that makes it: the head dim, and the magnitudes of turned queries and keys where all of a head is turned.</summary>
    internal float ScoreFactor
    {
        get
        {
            float magnitude = RotaryDims == HeadDim ? TurnedMagnitude * TurnedMagnitude : 1;
            return (ScoreScale ?? (1f / MathF.Sqrt(HeadDim))) * magnitude * (Yarn?.ScoreFactor(RotaryScale) ?? 1);
        }
    }

    /// <summary>What turned queries and keys are multiplied by.</summary>
    internal float TurnedMagnitude => Architecture.Rotary == RotaryKind.None ? 1 : RotaryMagnitude * (Yarn?.Magnitude(RotaryScale) ?? 1);

    /// <summary>Whether a layer's attention has a window.</summary>
    /// <param name="layer">Number of the layer, from 0.</param>
    public bool HasWindow(int layer) => SlidingWindow > 0 && !IsLastOf(GlobalEvery, layer);

    /// <summary>Whether a layer's queries and keys are turned to their positions.</summary>
    /// <param name="layer">Number of the layer, from 0.</param>
    public bool IsRotated(int layer) => Architecture.Rotary != RotaryKind.None && !IsLastOf(Architecture.UnrotatedEvery, layer);

    private static bool IsLastOf(int layers, int layer) => layers > 0 && (layer + 1) % layers == 0;

    /// <summary>Whether logits are made with the token embeddings: a decoder's file that has no output projection.</summary>
    internal bool IsTied(GgufFile file) =>
        Architecture is { AllowsTiedOutput: true, Attention: AttentionKind.Causal } && !file.Tensors.TryGet(Architecture.Tensors.Output + ".weight", out _);

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
        int embedding = section.Count("embedding_length");
        int heads = section.Count("attention.head_count");
        int kvHeads = section.Count("attention.head_count_kv", heads);
        if (heads % kvHeads != 0)
            throw section.Error("attention.head_count_kv", $"{kvHeads}", $"a divisor of the number of heads, {heads}");
        LatentConfiguration? latent = architecture.IsLatent ? LatentConfiguration.Read(section) : null;
        if (latent is not null && kvHeads != 1 && kvHeads != heads)
            throw section.Error("attention.head_count_kv", $"{kvHeads}", $"1, as all heads share keys, or in older files {heads}");
        int headDim = HeadDimOf(section, embedding, heads, latent);
        if (latent is not null && (long)heads * Math.Max(latent.ValueDims, latent.PlainDims + headDim) > int.MaxValue)
            throw section.Error("attention.head_count", $"{heads}", "heads whose keys and values are fewer elements");
        int layers = section.Count("block_count"), window = section.CountOrNone("attention.sliding_window");
        RotaryScaling scaling = RotaryScaling.Read(section);
        var experts = ExpertConfiguration.Read(section, architecture.Experts, embedding);
        bool scalesByEmbedding = layers == architecture.LayersScaledByEmbedding;
        return new ModelConfiguration
        {
            Architecture = architecture,
            Layers = layers,
            EmbeddingLength = embedding,
            FeedForwardLength = experts is null ? section.Count("feed_forward_length") : section.Count("feed_forward_length", experts.FeedForwardLength),
            Experts = experts,
            Latent = latent,
            Pooling = PoolingOf(section),
            Heads = heads,
            KeyValueHeads = latent is null ? kvHeads : 1,
            HeadDim = headDim,
            RotaryDims = RotaryDimsOf(section, headDim),
            RotaryBase = section.Positive("rope.freq_base", architecture.RotaryBase),
            RotaryScale = scaling.Scale,
            Yarn = scaling.Yarn,
            RotaryMagnitude = scaling.Magnitude,
            OriginalContextLength = scaling.OriginalContext,
            SlidingWindow = window > 0 ? window : architecture.DefaultWindow,
            GlobalEvery = section.Count("attention.sliding_window_pattern", architecture.GlobalEvery),
            ScoreScale = scalesByEmbedding ? 1f / MathF.Sqrt((float)embedding / heads) : section.Has("attention.scale") ? section.Factor("attention.scale", 1)
                : latent is not null ? 1f / MathF.Sqrt(latent.PlainDims + section.Count("rope.dimension_count")) : null,
            ScoreSoftCap = section.NotNegative("attn_logit_softcapping", architecture.ScoreSoftCap),
            LogitSoftCap = section.NotNegative("final_logit_softcapping", architecture.LogitSoftCap),
            IsParallel = section.Truth("use_parallel_residual", architecture.IsParallel),
            EmbeddingScale = architecture.ScalesEmbeddings ? MathF.Sqrt(embedding) : architecture.HasMultipliers ? section.Factor("embedding_scale", 1) : 1,
            ResidualScale = architecture.HasMultipliers ? section.Factor("residual_scale", 1) : 1,
            LogitScale = architecture.HasMultipliers ? 1 / section.Factor("logit_scale", 1) : 1,
            NormEpsilon = section.Positive(architecture.NormEpsilonKey),
            ContextLength = section.Count("context_length"),
            VocabularySize = VocabularySizeOf(file, section),
        };
    }

    private static int HeadDimOf(MetadataSection section, int embedding, int heads, LatentConfiguration? latent)
    {
        if (!section.Has("attention.key_length") && embedding % heads != 0)
            throw section.Error("attention.head_count", $"{heads}", $"a divisor of the embedding length, {embedding}");
        int headDim = latent is null ? section.Count("attention.key_length", embedding / heads) : latent.KeyValueRank + section.Count("rope.dimension_count");
        int valueDim = section.Count("attention.value_length", headDim);
        if (valueDim != headDim && latent is null)
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

    // Numbers that are no kind's are for the states as they are (0), which names may say more of, and for a score of two texts (4).
    private static EmbeddingPooling? PoolingOf(MetadataSection section)
    {
        const string modes = "pooling_modes";
        if (!section.Has(modes))
        {
            int type = section.CountOrNone("pooling_type");
            return type > 0 && PoolingModes.All.FirstOrDefault(row => row.GgufType == type) is { Name: not null } known ? known.Mode : null;
        }

        EmbeddingPooling pooling = 0;
        foreach (string name in section.Text(modes, "").Split(','))
            pooling |= PoolingModes.All.FirstOrDefault(row => row.Name == name) is { Name: not null } known ? known.Mode : throw section.Error(modes, InvalidModelException.Quote(Encoding.UTF8.GetBytes(name)), $"names of {PoolingModes.Names}");
        return pooling;
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

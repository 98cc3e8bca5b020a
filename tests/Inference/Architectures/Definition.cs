namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>
/// What a model computes, in the terms of the paper or of its first implementation, and the tiny sizes of one. Written without looking at the
/// library's records: <see cref="ReferenceDecoder"/> and <see cref="DrawnModel"/> read it, and nothing else.
/// </summary>
internal sealed record Definition
{
    /// <summary>Name of the architecture in GGUF files.</summary>
    public required string Name { get; init; }

    public int Layers { get; init; } = 2;

    public int Embedding { get; init; } = 64;

    public int Heads { get; init; } = 4;

    public int KvHeads { get; init; } = 2;

    public int HeadDim { get; init; } = 16;

    public int FeedForward { get; init; } = 96;

    public int Context { get; init; } = 96;

    public bool LayerNorm { get; init; }

    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Names of the norms of a layer, without <c>blk.N.</c>; null for those it has not.</summary>
    public string? NormBeforeAttention { get; init; } = "attn_norm";

    public string? NormBeforeFeedForward { get; init; } = "ffn_norm";

    /// <summary>Norms of what attention and the feed-forward layer give.</summary>
    public string? NormOfAttention { get; init; }

    public string? NormOfFeedForward { get; init; }

    /// <summary>x + attention(norm(x)) + feedForward(norm(x)).</summary>
    public bool Parallel { get; init; }

    /// <summary>Norms of queries and keys: each head, or all heads as one vector.</summary>
    public bool HeadNorms { get; init; }

    public bool WholeNorms { get; init; }

    /// <summary>Elements of a head that are turned; 0 for none.</summary>
    public int RotaryDims { get; init; } = 16;

    /// <summary>Whether element i is turned with i + RotaryDims / 2, rather than 2i with 2i + 1.</summary>
    public bool Halves { get; init; }

    /// <summary>Radians a position, of a layer and a pair.</summary>
    public Func<int, int, double>? Frequency { get; init; }

    /// <summary>What turned elements are multiplied by.</summary>
    public double Magnitude { get; init; } = 1;

    public double RopeBase { get; init; } = 10000;

    /// <summary>Keys that a layer's queries attend to, themselves included.</summary>
    public Func<int, int> Window { get; init; } = _ => int.MaxValue;

    public double? ScoreScale { get; init; }

    public double ScoreCap { get; init; } = double.PositiveInfinity;

    public double LogitCap { get; init; } = double.PositiveInfinity;

    public Func<double, double> Activation { get; init; } = Functions.Silu;

    public bool Gated { get; init; } = true;

    /// <summary>One tensor for queries, keys and values; one for gate and up projection.</summary>
    public bool JoinedQueryKeyValue { get; init; }

    public bool JoinedGateUp { get; init; }

    /// <summary>Projections with a bias, without <c>blk.N.</c>.</summary>
    public string[] Biases { get; init; } = [];

    public bool OutputBias { get; init; }

    public bool PositionEmbedding { get; init; }

    public double EmbeddingScale { get; init; } = 1;

    public double ResidualScale { get; init; } = 1;

    public double LogitDivisor { get; init; } = 1;

    public bool Tied { get; init; }

    /// <summary>Whether each head has a sink: one more term of softmax, without a value.</summary>
    public bool Sinks { get; init; }

    /// <summary>Its mixtures of experts, in place of the feed-forward layers.</summary>
    public Mixture? Experts { get; init; }

    /// <summary>Every position attends to every other, and states are wanted, not logits.</summary>
    public bool Encoder { get; init; }

    /// <summary>Norms of the residual stream, after attention and after the feed-forward layer, without <c>blk.N.</c>.</summary>
    public string? NormAfterAttention { get; init; }

    public string? NormAfterFeedForward { get; init; }

    /// <summary>Latent attention.</summary>
    public Latent? Latent { get; init; }

    /// <summary>Whether the file has the form of files from before experts were stacked, and keys and values of latent attention apart.</summary>
    public bool IsOlder { get; init; }

    /// <summary>Tensors besides: name and values.</summary>
    public Dictionary<string, float[]> Extra { get; init; } = [];

    /// <summary>Metadata besides what every model has, without the architecture's name; a null value leaves one out.</summary>
    public Dictionary<string, object?> Metadata { get; init; } = [];

    /// <summary>Radians a position of a pair.</summary>
    public double FrequencyOf(int layer, int pair) => Frequency?.Invoke(layer, pair) ?? Math.Pow(RopeBase, -2.0 * pair / RotaryDims);
}

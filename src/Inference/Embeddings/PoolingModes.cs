namespace KernelFoundry.Inference.Embeddings;

/// <summary>The kinds of pooling: what sentence-transformers calls each, GGUF's number of it, and what each makes of a text's states.</summary>
internal static class PoolingModes
{
    /// <summary>In the order in which several are written.</summary>
    public static IReadOnlyList<(EmbeddingPooling Mode, string Name, string Field, uint? GgufType)> All { get; } =
    [
        (EmbeddingPooling.First, "cls", "pooling_mode_cls_token", 2),
        (EmbeddingPooling.Max, "max", "pooling_mode_max_tokens", null),
        (EmbeddingPooling.Mean, "mean", "pooling_mode_mean_tokens", 1),
        (EmbeddingPooling.MeanSqrtLength, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", null),
        (EmbeddingPooling.WeightedMean, "weightedmean", "pooling_mode_weightedmean_tokens", null),
        (EmbeddingPooling.Last, "lasttoken", "pooling_mode_lasttoken", 3),
    ];

    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(row => row.Name));

    /// <summary>Pools states in one way.</summary>
    /// <param name="mode">One kind.</param>
    /// <param name="states">[tokens, length].</param>
    /// <param name="tokens">How many.</param>
    /// <param name="vector">Takes the vector, [length].</param>
    public static void Pool(EmbeddingPooling mode, ReadOnlySpan<float> states, int tokens, Span<double> vector)
    {
        (int first, int end) = mode switch
        {
            EmbeddingPooling.First => (0, 1),
            EmbeddingPooling.Last => (tokens - 1, tokens),
            _ => (0, tokens),
        };
        vector.Fill(mode == EmbeddingPooling.Max ? double.NegativeInfinity : 0);
        for (int token = first; token < end; token++)
        {
            double weight = mode == EmbeddingPooling.WeightedMean ? token + 1 : 1;
            ReadOnlySpan<float> state = states.Slice(token * vector.Length, vector.Length);
            for (int i = 0; i < vector.Length; i++)
                vector[i] = mode == EmbeddingPooling.Max ? Math.Max(vector[i], state[i]) : vector[i] + (weight * state[i]);
        }

        double divisor = mode switch
        {
            EmbeddingPooling.Mean => tokens,
            EmbeddingPooling.MeanSqrtLength => Math.Sqrt(tokens),
            EmbeddingPooling.WeightedMean => tokens * (tokens + 1.0) / 2,
            _ => 1,
        };
        for (int i = 0; i < vector.Length; i++)
            vector[i] /= divisor;
    }
}

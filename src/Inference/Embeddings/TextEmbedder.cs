using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Embeddings;

/// <summary>Makes vectors of texts with a model's hidden states. For one text at a time.</summary>
public sealed class TextEmbedder
{
    private readonly LanguageModel _model;

    /// <summary>Takes a model.</summary>
    /// <param name="model">The model; it must stay open as long as this is used.</param>
    /// <param name="options">How vectors are made.</param>
    /// <exception cref="ArgumentException">The options cannot be honoured.</exception>
    /// <exception cref="InvalidModelException">The model asks for a pooling that is not supported.</exception>
    public TextEmbedder(LanguageModel model, EmbeddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        Options = options ?? new EmbeddingOptions();
        int most = model.Configuration.EmbeddingLength;
        if (Options.Dimensions is { } dimensions && (dimensions < 1 || dimensions > most))
            throw new ArgumentOutOfRangeException(nameof(options), dimensions, $"Dimensions is {dimensions}; the model's vectors have {most}, of which 1 to {most} can be kept.");
        Pooling = Options.Pooling ?? PoolingOf(model);
        if (!Enum.IsDefined(Pooling))
            throw new ArgumentOutOfRangeException(nameof(options), Pooling, "There is no such pooling.");
    }

    /// <summary>How vectors are made.</summary>
    public EmbeddingOptions Options { get; }

    /// <summary>How states become one vector.</summary>
    public PoolingKind Pooling { get; }

    /// <summary>Length of a vector.</summary>
    public int Dimensions => Options.Dimensions ?? _model.Configuration.EmbeddingLength;

    /// <summary>A text's tokens, with those that the model wants around it.</summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. _model.Tokenizer.Prefix, .. _model.Tokenizer.Encode(text), .. _model.Tokenizer.Suffix];
    }

    /// <summary>The vector of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Looked at before each batch of tokens.</param>
    /// <exception cref="ArgumentException">The text has no tokens, or more than the model's context.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public float[] Embed(string text, CancellationToken cancellationToken = default) => Embed(Encode(text), cancellationToken);

    /// <summary>The vector of a text's tokens.</summary>
    /// <param name="tokens">As <see cref="Encode"/> gives them.</param>
    /// <param name="cancellationToken">Looked at before each batch of tokens.</param>
    /// <exception cref="ArgumentException">There are no tokens, or more than the model's context.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public float[] Embed(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("A text without tokens has no embedding.", nameof(tokens));
        if (tokens.Length > _model.Configuration.ContextLength)
            throw new ArgumentException($"The text has {tokens.Length} tokens; the model's context holds {_model.Configuration.ContextLength}.", nameof(tokens));
        int length = _model.Configuration.EmbeddingLength;
        View2<float> hidden = _model.Device.Allocate<float>(tokens.Length, length);
        try
        {
            using KvCache cache = _model.Transformer.CreateCache(tokens.Length);
            _model.Transformer.ForwardHidden(tokens, cache, hidden, cancellationToken);
            double[] pooled = Pool(hidden.ToArray(), tokens.Length, length)[..Dimensions];
            double size = Options.Normalizes ? Math.Sqrt(pooled.Sum(x => x * x)) : 1;
            return [.. pooled.Select(x => (float)(size > 0 ? x / size : 0))];
        }
        finally
        {
            hidden.Memory!.Dispose();
        }
    }

    private double[] Pool(float[] hidden, int tokens, int length)
    {
        var pooled = new double[length];
        var (first, end) = Pooling switch
        {
            PoolingKind.Mean => (0, tokens),
            PoolingKind.First => (0, 1),
            _ => (tokens - 1, tokens),
        };
        for (int token = first; token < end; token++)
        {
            for (int i = 0; i < length; i++)
                pooled[i] += (double)hidden[(token * length) + i] / (end - first);
        }

        return pooled;
    }

    private static PoolingKind PoolingOf(LanguageModel model)
    {
        string key = $"{model.Configuration.Architecture.Name}.pooling_type";
        if (!model.File.Metadata.TryGetUInt32(key, out uint value) || value == 0)
            return PoolingKind.Last;
        return Enum.IsDefined((PoolingKind)value)
            ? (PoolingKind)value
            : throw model.File.Metadata.GetValue(key).Error($"{value}", "0 (none), 1 (mean), 2 (first token) or 3 (last token)");
    }
}

using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Embeddings;

/// <summary>Turns texts into vectors that lie near each other where texts mean the same. For one thread at a time.</summary>
public sealed class TextEmbedder : IDisposable
{
    private readonly LanguageModel _model;
    private readonly KvCache _cache;
    private readonly EmbeddingPooling[] _modes;

    /// <summary>Embeds with a model.</summary>
    /// <param name="model">An encoder, or a decoder that was trained for it; not disposed of with the embedder.</param>
    /// <param name="pooling">How states become one vector; null for what the model's file says, or the mean.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pooling"/> names no kind, or one that there is not.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public TextEmbedder(LanguageModel model, EmbeddingPooling? pooling = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        Pooling = pooling ?? model.Configuration.Pooling ?? EmbeddingPooling.Mean;
        _modes = [.. PoolingModes.All.Select(row => row.Mode).Where(mode => Pooling.HasFlag(mode))];
        if (_modes.Length == 0 || Pooling != _modes.Aggregate((x, y) => x | y))
            throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "No such way to pool states.");
        _cache = model.Transformer.CreateCache(Math.Min(model.Configuration.ContextLength, Transformer.LongestEncoded));
    }

    /// <summary>How states become one vector.</summary>
    public EmbeddingPooling Pooling { get; }

    /// <summary>Length of a vector: the model's width, times the ways of pooling that are written one after the other.</summary>
    public int Length => _model.Configuration.EmbeddingLength * _modes.Length;

    /// <summary>Embeds a text.</summary>
    /// <param name="text">The text; what is beyond the model's context, or <see cref="Transformer.LongestEncoded"/> tokens, is left out.</param>
    /// <param name="cancellationToken">Looked at before the text is run.</param>
    /// <returns>A vector of length 1, [<see cref="Length"/>].</returns>
    /// <exception cref="ArgumentException">The text has no tokens.</exception>
    public float[] Embed(string text, CancellationToken cancellationToken = default)
    {
        int[] tokens = Tokens(text);
        return tokens.Length > 0 ? Embed(tokens, cancellationToken) : throw new ArgumentException("A text without tokens has no embedding.", nameof(text));
    }

    /// <summary>A text's tokens, with those that begin and end it.</summary>
    /// <param name="text">The text; what is beyond the model's context is left out.</param>
    /// <returns>The tokens; none if the text is empty and the model wants none around it.</returns>
    public int[] Tokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Tokenizer tokenizer = _model.Tokenizer;
        int[] tokens = tokenizer.Encode(text);
        int room = Math.Max(0, _cache.Capacity - tokenizer.Prefix.Count - tokenizer.Suffix.Count);
        return [.. tokenizer.Prefix, .. tokens.Take(room), .. tokenizer.Suffix];
    }

    /// <summary>Embeds tokens.</summary>
    /// <param name="tokens">The tokens, with those that begin and end a text; at least one.</param>
    /// <param name="cancellationToken">Looked at before they are run.</param>
    /// <returns>A vector of length 1, [<see cref="Length"/>].</returns>
    public float[] Embed(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        _cache.Rollback(0);
        View2<float> hidden = _model.Device.Allocate<float>(tokens.Length, _model.Configuration.EmbeddingLength);
        try
        {
            _model.Transformer.Encode(tokens, _cache, hidden, cancellationToken);
            return Pool(hidden.ToArray(), tokens.Length);
        }
        finally
        {
            hidden.Memory!.Dispose();
        }
    }

    /// <summary>Frees the memory of keys and values.</summary>
    public void Dispose() => _cache.Dispose();

    private float[] Pool(float[] states, int tokens)
    {
        int state = _model.Configuration.EmbeddingLength;
        var pooled = new double[Length];
        for (int i = 0; i < _modes.Length; i++)
            PoolingModes.Pool(_modes[i], states, tokens, pooled.AsSpan(i * state, state));
        double length = Math.Sqrt(pooled.Sum(x => x * x));
        return [.. pooled.Select(x => (float)(length == 0 ? 0 : x / length))];
    }
}

using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>A sequence of a language model that gives its hidden states too, behind the last norm: what <see cref="ContrastiveSearch"/> compares. A fork shares keys and values.</summary>
public sealed class HiddenModelSequence : IHiddenSequence
{
    private readonly LanguageModel _model;
    private readonly KvCache _cache;
    private readonly View2<float> _logits;
    private View2<float> _hidden;
    private int _scored;

    /// <summary>An empty sequence.</summary>
    /// <param name="model">The model; it must stay open.</param>
    /// <param name="capacity">Most tokens; at most the model's context.</param>
    /// <exception cref="NotSupportedException">The model is an encoder, which gives no logits.</exception>
    public HiddenModelSequence(LanguageModel model, int capacity)
        : this(model, (model ?? throw new ArgumentNullException(nameof(model))).Transformer.CreateCache(capacity))
    {
    }

    private HiddenModelSequence(LanguageModel model, KvCache cache)
    {
        (_model, _cache) = (model, cache);
        _logits = model.Device.Allocate<float>(1, model.Configuration.VocabularySize);
        _hidden = model.Device.Allocate<float>(1, model.Configuration.EmbeddingLength);
    }

    /// <inheritdoc/>
    public int Length => _cache.Length;

    /// <inheritdoc/>
    public int Capacity => _cache.Capacity;

    /// <inheritdoc/>
    public int Vocabulary => _model.Configuration.VocabularySize;

    /// <inheritdoc/>
    public int HiddenSize => _model.Configuration.EmbeddingLength;

    /// <inheritdoc/>
    public Device Device => _model.Device;

    /// <inheritdoc/>
    public View1<float> Score(ReadOnlySpan<int> tokens)
    {
        if (_hidden.Extent0 < tokens.Length)
        {
            Device.Synchronize();
            _hidden.Memory!.Dispose();
            _hidden = Device.Allocate<float>(tokens.Length, HiddenSize);
        }

        _model.Transformer.Score(tokens, _cache, _hidden.Slice(0, 0, tokens.Length), _logits);
        _scored = tokens.Length;
        return _logits.Row(0);
    }

    /// <inheritdoc/>
    public void ReadHidden(Span<float> states) => _hidden.Slice(0, 0, _scored).ToArray().CopyTo(states);

    /// <inheritdoc/>
    public void Rollback(int length) => _cache.Rollback(length);

    /// <inheritdoc/>
    public IScoredSequence Fork() => new HiddenModelSequence(_model, _cache.Fork());

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        _logits.Memory!.Dispose();
        _hidden.Memory!.Dispose();
    }
}

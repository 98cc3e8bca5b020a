using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>A sequence of a language model: its transformer with a KV cache. A fork copies the cache.</summary>
public sealed class ModelSequence : IScoredSequence
{
    private readonly LanguageModel _model;
    private readonly KvCache _cache;
    private readonly View2<float> _logits;

    /// <summary>An empty sequence.</summary>
    /// <param name="model">The model; it must stay open.</param>
    /// <param name="capacity">Most tokens; at most the model's context.</param>
    public ModelSequence(LanguageModel model, int capacity)
        : this(model, (model ?? throw new ArgumentNullException(nameof(model))).Transformer.CreateCache(capacity))
    {
    }

    private ModelSequence(LanguageModel model, KvCache cache)
    {
        _model = model;
        _cache = cache;
        _logits = model.Device.Allocate<float>(1, model.Configuration.VocabularySize);
    }

    /// <inheritdoc/>
    public int Length => _cache.Length;

    /// <inheritdoc/>
    public int Capacity => _cache.Capacity;

    /// <inheritdoc/>
    public int Vocabulary => _model.Configuration.VocabularySize;

    /// <inheritdoc/>
    public Device Device => _model.Device;

    /// <inheritdoc/>
    public View1<float> Score(ReadOnlySpan<int> tokens)
    {
        _model.Transformer.Forward(tokens, _cache, _logits);
        return _logits.Row(0);
    }

    /// <inheritdoc/>
    public void Rollback(int length) => _cache.Rollback(length);

    /// <inheritdoc/>
    public IScoredSequence Fork() => new ModelSequence(_model, _cache.Fork());

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        _logits.Memory!.Dispose();
    }
}

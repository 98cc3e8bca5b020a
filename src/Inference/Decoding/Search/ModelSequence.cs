using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Decoding;

/// <summary>A sequence of a language model: its transformer with a KV cache. A fork copies the cache.</summary>
public sealed class ModelSequence : ITreeSequence
{
    private readonly LanguageModel _model;
    private readonly KvCache _cache;
    private readonly bool _ownsCache;
    private View2<float> _logits;

    /// <summary>An empty sequence.</summary>
    /// <param name="model">The model; it must stay open.</param>
    /// <param name="capacity">Most tokens; at most the model's context.</param>
    public ModelSequence(LanguageModel model, int capacity)
        : this(model, (model ?? throw new ArgumentNullException(nameof(model))).Transformer.CreateCache(capacity), ownsCache: true)
    {
    }

    /// <summary>A sequence on a cache.</summary>
    internal ModelSequence(LanguageModel model, KvCache cache, bool ownsCache)
    {
        _model = model;
        _cache = cache;
        _ownsCache = ownsCache;
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
        _model.Transformer.Forward(tokens, _cache, _logits.Slice(0, 0, 1));
        return _logits.Row(0);
    }

    /// <inheritdoc/>
    public int MostTreeNodes => _model.Transformer.MostTreeNodes;

    /// <inheritdoc/>
    public View2<float> ScoreTree(TokenTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (_logits.Extent0 < tree.Count)
        {
            View2<float> wider = Device.Allocate<float>(tree.Count, Vocabulary);
            _logits.Memory!.Dispose();
            _logits = wider;
        }

        View2<float> logits = _logits.Slice(0, 0, tree.Count);
        _model.Transformer.ForwardTree(tree, _cache, logits);
        return logits;
    }

    /// <inheritdoc/>
    public void CommitPath(ReadOnlySpan<int> path) => _cache.CommitPath(path);

    /// <inheritdoc/>
    public void Rollback(int length) => _cache.Rollback(length);

    /// <inheritdoc/>
    public IScoredSequence Fork() => new ModelSequence(_model, _cache.Fork(), ownsCache: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsCache)
            _cache.Dispose();
        _logits.Memory!.Dispose();
    }
}

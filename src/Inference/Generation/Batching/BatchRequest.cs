using System.Diagnostics;
using System.Threading.Channels;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>One request of a <see cref="BatchEngine"/>: a sequence with a pipeline of its own. What it generates waits in a channel until it is read: at most as many chunks as tokens were asked for.</summary>
internal sealed class BatchRequest : IDisposable
{
    private readonly LanguageModel _model;
    private readonly GenerationOptions _options;
    private readonly Channel<GenerationChunk> _chunks = Channel.CreateUnbounded<GenerationChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationToken _cancellation;
    private readonly int[] _tokens;
    private readonly int _promptLength;
    private GenerationText? _text;
    private SequenceSampler? _sampler;
    private KvCache? _cache;
    private long _started;
    private TimeSpan _prefillTime;
    private int _cached;
    private int _generated;
    private volatile bool _isAbandoned;

    public BatchRequest(LanguageModel model, int[] prompt, GenerationOptions options, CancellationToken cancellation)
    {
        (_model, _options, _cancellation, _promptLength) = (model, options, cancellation, prompt.Length);
        Capacity = (int)Math.Min((long)prompt.Length + options.MaxTokens, model.Configuration.ContextLength);
        _tokens = new int[Capacity + 1];
        prompt.CopyTo(_tokens, 0);
    }

    /// <summary>Most positions it can come to.</summary>
    public int Capacity { get; }

    /// <summary>Whether it has ended.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether nobody wants it any more.</summary>
    public bool IsCancelled => _isAbandoned || _cancellation.IsCancellationRequested;

    /// <summary>Whether it generates, and its next step is one token.</summary>
    public bool IsDecoding => _cache!.Length >= _promptLength;

    public KvCache Cache => _cache!;

    /// <summary>Whether it has begun.</summary>
    public bool HasCache => _cache is not null;

    public ChannelReader<GenerationChunk> Chunks => _chunks.Reader;

    /// <summary>Tokens that have to go through the model before the next one is known.</summary>
    public ReadOnlyMemory<int> Pending => _tokens.AsMemory(_cache!.Length, _promptLength + _generated - _cache.Length);

    /// <summary>Tokens whose keys and values the cache holds.</summary>
    public ReadOnlySpan<int> Held => _tokens.AsSpan(0, _cache!.Length);

    public ReadOnlySpan<int> Prompt => _tokens.AsSpan(0, _promptLength);

    /// <summary>Blocks it may still take.</summary>
    public int OutstandingBlocks => Math.Max(KvBlockPool.BlocksFor(Capacity) - _cache!.Blocks.Length, 0);

    /// <summary>Nobody reads any more.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Begins, on a cache that may hold the beginning of its prompt.</summary>
    /// <exception cref="ArgumentException">A processor does not fit the vocabulary.</exception>
    public void Begin(KvCache cache)
    {
        _started = Stopwatch.GetTimestamp();
        _cache = cache;
        _cached = cache.Length;
        _text = new GenerationText(_model, Prompt, _options);
        _sampler = new SequenceSampler(_options.ToPipeline(_text.StopTokens), _model.Device, _model.Configuration.VocabularySize, _options.LogProbabilities);
        if (_options.MaxTokens == 0)
            Finish(FinishReason.Length);
    }

    /// <summary>Tells how far the prompt is.</summary>
    public void Report(int tokens)
    {
        if (_generated == 0)
            _options.PrefillProgress?.Report(tokens);
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">The logits after its last token, [vocabulary].</param>
    /// <exception cref="InvalidModelException">The logits are not numbers.</exception>
    /// <exception cref="InvalidOperationException">Every token is banned.</exception>
    public void Choose(View1<float> logits)
    {
        if (_generated == 0)
            _prefillTime = Stopwatch.GetElapsedTime(_started);
        int count = _promptLength + _generated;
        if (GenerationRun.Checked(_model, _sampler!.Next(logits, _tokens.AsMemory(0, count), _promptLength), count) is not { } token || _text!.StopTokens.Contains(token))
        {
            Finish(FinishReason.Stop);
            return;
        }

        _tokens[count] = token;
        _generated++;
        _chunks.Writer.TryWrite(new GenerationChunk(token, _text.Append(token), LogProbabilities: _sampler.LogProbabilities));
        if (_text.IsStopped)
            Finish(FinishReason.Stop);
        else if (_generated == _options.MaxTokens)
            Finish(FinishReason.Length);
        else if (count + 1 > _model.Configuration.ContextLength)
            Finish(FinishReason.Context);
    }

    /// <summary>Ends it.</summary>
    public void Finish(FinishReason reason)
    {
        IsFinished = true;
        _chunks.Writer.TryWrite(new GenerationChunk(null, _text?.Flush() ?? "", reason, new GenerationStatistics
        {
            PromptTokens = _promptLength,
            CachedTokens = _cached,
            GeneratedTokens = _generated,
            PrefillTime = _prefillTime,
            DecodeTime = _generated > 0 ? Stopwatch.GetElapsedTime(_started) - _prefillTime : TimeSpan.Zero,
        }));
        _chunks.Writer.TryComplete();
    }

    /// <summary>Ends it with an error, which its reader gets.</summary>
    public void Fail(Exception error)
    {
        IsFinished = true;
        _chunks.Writer.TryComplete(error);
    }

    public void Dispose()
    {
        _sampler?.Dispose();
        _cache?.Dispose();
    }
}

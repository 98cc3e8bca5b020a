using System.Diagnostics;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>One generation, chunk by chunk.</summary>
internal sealed class GenerationRun : IDisposable
{
    private readonly LanguageModel _model;
    private readonly int[] _prompt;
    private readonly GenerationOptions _options;
    private readonly GenerationText _text;
    private readonly SequenceSampler? _sampler;
    private readonly ModelSequence? _sequence;
    private readonly SpeculativeDecoder? _speculation;
    private readonly int[] _tokens;
    private readonly KvCache _cache;
    private readonly View2<float> _logits;
    private readonly int[] _last = new int[1];
    private TimeSpan _prefillTime;
    private TimeSpan _decodeTime;
    private readonly int _cached;
    private int _generated;

    /// <param name="model">The model.</param>
    /// <param name="prompt">Token ids, checked.</param>
    /// <param name="options">Options, checked.</param>
    public GenerationRun(LanguageModel model, int[] prompt, GenerationOptions options)
    {
        _model = model;
        _prompt = prompt;
        _options = options;
        _text = new GenerationText(model, prompt, options);
        _logits = model.Device.Allocate<float>(1, model.Configuration.VocabularySize);
        DecodingPipeline pipeline = options.ToPipeline(_text.StopTokens);
        if (options.Speculation is null)
            _sampler = new SequenceSampler(pipeline, model.Device, model.Configuration.VocabularySize, options.LogProbabilities);

        // The cache is no larger than this generation can fill. It comes last: one that is borrowed has to be given back.
        int capacity = (int)Math.Min((long)prompt.Length + options.MaxTokens, model.Configuration.ContextLength);
        _cache = options.PromptCache?.Begin(prompt, capacity) ?? model.Transformer.CreateCache(capacity);
        _cached = _cache.Length;
        _tokens = new int[capacity + 1];
        prompt.CopyTo(_tokens, 0);
        if (options.Speculation is not { } speculation)
            return;
        _sequence = new ModelSequence(model, _cache, ownsCache: false);
        try
        {
            _speculation = new SpeculativeDecoder(_sequence, pipeline, speculation, _text.StopTokens, options.LogProbabilities);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether the last chunk has been given.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>The next chunk. The first call runs the prompt.</summary>
    public GenerationChunk Next(CancellationToken cancellationToken)
    {
        if (_options.MaxTokens > 0 && _generated == 0 && _cache.Length < Prefilled && !TryPrefill(cancellationToken))
            return Finish(FinishReason.Cancelled);

        long started = Stopwatch.GetTimestamp();
        FinishReason? reason = Step(cancellationToken, out string text);
        _decodeTime += Stopwatch.GetElapsedTime(started);
        return reason is { } why ? Finish(why) : new GenerationChunk(_last[0], text, LogProbabilities: _sampler?.LogProbabilities ?? _speculation?.LogProbabilities);
    }

    // With speculation the prompt's last token is the root of the first tree.
    private int Prefilled => _speculation is null ? _prompt.Length : _prompt.Length - 1;

    public void Dispose()
    {
        _sampler?.Dispose();
        _speculation?.Commit();
        _speculation?.Dispose();
        _sequence?.Dispose();
        for (int i = _prompt.Length; _speculation is not null && i < _cache.Length; i++)
            _options.PromptCache?.Append(_tokens[i]);
        if (_options.PromptCache is null)
            _cache.Dispose();
        else
            _options.PromptCache.End();
        _logits.Memory!.Dispose();
    }

    private bool TryPrefill(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            View2<float> logits = _speculation is null ? _logits : default;
            _model.Transformer.Forward(_prompt.AsSpan(_cached..Prefilled), _cache, logits, _options.PrefillProgress, cancellationToken);
            _model.Device.Synchronize();
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            _prefillTime = Stopwatch.GetElapsedTime(started);
        }
    }

    /// <summary>Generates a token, or says why there is none.</summary>
    private FinishReason? Step(CancellationToken cancellationToken, out string text)
    {
        text = "";
        if (_text.IsStopped)
            return FinishReason.Stop;
        if (_generated == _options.MaxTokens)
            return FinishReason.Length;
        if (cancellationToken.IsCancellationRequested)
            return FinishReason.Cancelled;
        if (_prompt.Length + _generated > _model.Configuration.ContextLength)
            return FinishReason.Context;
        if (_generated > 0 && _speculation is null)
        {
            _model.Transformer.Forward(_last, _cache, _logits);
            _options.PromptCache?.Append(_last[0]);
        }

        if (Choose() is not { } token || _text.StopTokens.Contains(token))
            return FinishReason.Stop;
        _last[0] = _tokens[_prompt.Length + _generated] = token;
        _generated++;
        text = _text.Append(_last[0]);
        return null;
    }

    private int? Choose()
    {
        Memory<int> tokens = _tokens.AsMemory(0, _prompt.Length + _generated);
        SampledToken chosen = _speculation is null
            ? _sampler!.Next(_logits.Row(0), tokens, _prompt.Length)
            : _speculation.Next(tokens, _prompt.Length, _options.MaxTokens - _generated);
        return Checked(_model, chosen, _prompt.Length + _generated);
    }

    /// <summary>A token that was chosen; null where the text is complete without one.</summary>
    /// <exception cref="InvalidModelException">The logits were not numbers.</exception>
    /// <exception cref="InvalidOperationException">Every token was banned.</exception>
    internal static int? Checked(LanguageModel model, SampledToken chosen, int position)
    {
        if (chosen.IsBroken)
            throw new InvalidModelException(model.Name, $"the logits for position {position}", "partly NaN or infinite", "finite numbers, which finite weights of usual size give");
        if (chosen.IsComplete)
            return null;
        return chosen.Token >= 0
            ? chosen.Token
            : throw new InvalidOperationException($"No token is left for position {position}: the pipeline's processors ban every one.");
    }

    private GenerationChunk Finish(FinishReason reason)
    {
        IsFinished = true;
        return new GenerationChunk(null, _text.Flush(), reason, new GenerationStatistics
        {
            PromptTokens = _prompt.Length,
            CachedTokens = _cached,
            GeneratedTokens = _generated,
            PrefillTime = _prefillTime,
            DecodeTime = _decodeTime,
            Speculation = _speculation?.Statistics,
        });
    }
}

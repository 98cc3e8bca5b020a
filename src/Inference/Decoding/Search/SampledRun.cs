using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>One continuation while it is drawn.</summary>
internal sealed class SampledRun : IDisposable
{
    private readonly SampledSearchOptions _options;
    private readonly IScoredSequence _sequence;
    private readonly SequenceSampler _sampler;
    private readonly BannedAt _banned = new();
    private readonly HashSet<int> _stops;
    private readonly View1<int> _target;
    private readonly View2<float> _measures;
    private readonly PhraseMatch? _match;
    private readonly int _promptLength;
    private readonly int _most;
    private readonly List<(double Model, double Pipeline)> _logProbabilities = [];
    private readonly float[] _raw;
    private int[] _tokens;
    private int _count;
    private int _takenBack;

    public SampledRun(IScoredSequence prompt, ReadOnlySpan<int> tokens, SampledSearchOptions options, int path)
    {
        _options = options;
        _stops = [.. options.StopTokens];
        _promptLength = _count = tokens.Length;
        _tokens = new int[tokens.Length + 64];
        tokens.CopyTo(_tokens);
        _most = Math.Min(options.MaxTokens, prompt.Capacity - tokens.Length);
        DecodingPipeline pipeline = options.Pipeline;
        uint? seed = pipeline.Seed + ((uint)path * 0x9E3779B9);
        var banning = new DecodingPipeline([.. pipeline.Processors, new Callback(_banned.Apply)], [.. pipeline.Truncations], seed, pipeline.IsGreedy);
        _sampler = new SequenceSampler(banning, prompt.Device, prompt.Vocabulary);
        _target = prompt.Device.Allocate<int>(1);
        _measures = prompt.Device.Allocate<float>(1, Sampling.Measures);
        _raw = new float[prompt.Vocabulary];
        _match = options.Banned?.Begin();
        _sequence = prompt.Fork();
        _sequence.Rollback(Math.Min(_sequence.Length, _count - 1));
    }

    public Hypothesis Result { get; private set; } = null!;

    /// <summary>Draws a token, or takes some back. False when the continuation has ended.</summary>
    public bool Step()
    {
        if (_count - _promptLength >= _most)
            return End(false, default);
        View1<float> logits = _sequence.Score(_tokens.AsSpan(_sequence.Length, _count - _sequence.Length));
        _banned.Position = _count;
        if (_options.BackspaceToken is { } backspace && (_count == _promptLength || _takenBack >= _options.MostTakenBack))
            _banned.Add(_count, backspace);

        // The model's own distribution has to be measured before processors change it, but only then is the token known: all but its logit.
        Sampling.Measure(_sequence.Device, logits.Reshape(1, logits.Extent0), _target, _measures);
        Span<float> measures = stackalloc float[Sampling.Measures];
        _measures.CopyTo(measures);
        logits.CopyTo(_raw);
        SampledToken drawn = _sampler.Next(logits, _tokens.AsMemory(0, _count), _promptLength);
        if (drawn.IsComplete)
            return End(true, default);
        if (drawn.Token < 0)
            return _banned.Any(_count) && TryTakeBack(_count - 1) || NoToken();
        (double, double) logProbability = (_raw[drawn.Token] - measures[1], drawn.LogProbability);
        if (_stops.Contains(drawn.Token))
            return End(true, logProbability);
        if (drawn.Token == _options.BackspaceToken)
        {
            _takenBack++;
            TakeBack(_count - 1);
            return true;
        }

        if (_count == _tokens.Length)
            Array.Resize(ref _tokens, 2 * _count);
        _tokens[_count++] = drawn.Token;
        _logProbabilities.Add(logProbability);
        if (_match?.Append(drawn.Token) is { } first && _takenBack < _options.MostTakenBack)
            TryTakeBack(_promptLength + first);
        return true;
    }

    public void Dispose()
    {
        _sequence.Dispose();
        _sampler.Dispose();
        _target.Memory!.Dispose();
        _measures.Memory!.Dispose();
    }

    // Takes the text back to before a token, which is then banned there.
    private bool TryTakeBack(int position)
    {
        if (position < _promptLength || _takenBack >= _options.MostTakenBack)
            return false;
        _takenBack += _count - position;
        _banned.Add(position, _tokens[position]);
        TakeBack(position);
        return true;
    }

    private void TakeBack(int count)
    {
        _banned.Forget(count + 1);
        _logProbabilities.RemoveRange(count - _promptLength, _count - count);
        _match?.Rollback(count - _promptLength);
        _count = count;

        // The last token is scored again: its logits have been changed.
        _sequence.Rollback(Math.Min(_sequence.Length, count - 1));
    }

    private bool End(bool isFinished, (double Model, double Pipeline) last)
    {
        Result = new Hypothesis(_tokens[_promptLength.._count], _logProbabilities.Sum(each => each.Model) + last.Model,
            _logProbabilities.Sum(each => each.Pipeline) + last.Pipeline, isFinished);
        return false;
    }

    private bool NoToken() =>
        throw new InvalidOperationException($"No token is left for position {_count}: processors and banned phrases ban every one.");
}

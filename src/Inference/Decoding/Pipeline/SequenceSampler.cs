using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// A pipeline at work on one sequence, on the device that computes the logits: holds its room there, its random numbers and what mirostat has
/// learnt. After its first tokens it allocates only what processors of the token history do.
/// </summary>
public sealed class SequenceSampler : IDisposable
{
    private readonly DecodingPipeline _pipeline;
    private readonly LogitsContext _context;
    private readonly SamplingWorkspace _workspace;
    private readonly SamplingWorkspace? _top;
    private readonly LogProbabilityProbe? _probe;
    private readonly View1<int> _methods;
    private readonly View1<float> _amounts;
    private readonly float[] _chain;
    private readonly ChainProgram _program;
    private readonly float[] _topLogProbabilities = [];
    private readonly int[] _topTokens = [];
    private readonly (int Place, float Share)[] _tailFree;
    private DrawSummary _summary;
    private float _totalBefore;
    private double _bound;
    private double _logTotal;
    private uint _step;

    /// <summary>Prepares a sequence.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="device">The device.</param>
    /// <param name="vocabulary">Number of tokens of the model.</param>
    /// <param name="topLogProbabilities">
    /// How many of the most probable tokens to list at each step, before and after the pipeline; null measures nothing.
    /// </param>
    /// <exception cref="ArgumentException">A setting of a processor does not fit the vocabulary.</exception>
    public SequenceSampler(DecodingPipeline pipeline, Device device, int vocabulary, int? topLogProbabilities = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(device);
        foreach (LogitsProcessor processor in pipeline.Processors)
            processor.Validate(vocabulary);
        _pipeline = pipeline;
        Seed = pipeline.Seed ?? (uint)Random.Shared.NextInt64(1L << 32);
        _context = new LogitsContext(device, vocabulary);
        _probe = topLogProbabilities is { } count ? new LogProbabilityProbe(device, vocabulary, count) : null;
        IReadOnlyList<TruncationStep> truncations = pipeline.Truncations;
        _tailFree = [.. truncations.Select((each, i) => (Place: i, Share: each.Amount)).Where(each => truncations[each.Place].Method == Truncation.TailFree)];
        _workspace = new SamplingWorkspace(device, vocabulary, sorts: _tailFree.Length > 0);
        _chain = [.. truncations.SelectMany(each => new[] { each.Amount, each.Second }), 0, 0];
        _methods = device.Upload<int>([.. truncations.Select(each => each.Method), Truncation.None]);
        _amounts = device.Upload<float>(_chain);
        _program = new ChainProgram(_methods, _amounts, truncations.Count);
        TruncationStep? last = truncations.Count > 0 ? truncations[^1] : null;
        if (last is Mirostat1 mirostat)
        {
            int tokens = Math.Min(mirostat.Tokens, vocabulary);
            (_topTokens, _topLogProbabilities) = (new int[tokens], new float[tokens]);
            _top = new SamplingWorkspace(device, vocabulary, tokens);
        }

        _bound = 2 * (last switch { Mirostat1 first => first.Target, Mirostat2 second => second.Target, _ => 0 });
    }

    /// <summary>Seed of its draws.</summary>
    internal uint Seed { get; }

    /// <summary>The probabilities the last token was chosen among, where they are measured.</summary>
    public StepLogProbabilities? LogProbabilities { get; private set; }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">[vocabulary], on the device; processors change them in place.</param>
    /// <param name="tokens">The prompt and what was generated.</param>
    /// <param name="promptLength">Tokens of the prompt.</param>
    /// <returns>The token; -1 where processors have banned every one.</returns>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    public SampledToken Next(View1<float> logits, ReadOnlyMemory<int> tokens, int promptLength)
    {
        Prepare(logits, tokens, promptLength);
        Draw(_workspace, _program, _pipeline.IsGreedy ? 0 : 1);
        Span<int> token = stackalloc int[1];
        Span<float> logProbability = stackalloc float[1];
        DrawSummary summary = _workspace.Read(token, logProbability);
        return Finish(token[0], logProbability[0], summary);
    }

    /// <summary>What the next token is chosen among, for choosing it elsewhere: <see cref="Take"/> says what was chosen.</summary>
    /// <param name="logits">[vocabulary], on the device; processors change them in place.</param>
    /// <param name="tokens">The prompt and what was generated.</param>
    /// <param name="promptLength">Tokens of the prompt.</param>
    /// <returns>The distribution after processors and truncations; null where processors have banned every token, or logits are not numbers.</returns>
    /// <exception cref="DeviceException">A kernel failed.</exception>
    internal TokenDistribution? Distribution(View1<float> logits, ReadOnlyMemory<int> tokens, int promptLength)
    {
        Prepare(logits, tokens, promptLength);
        Draw(_workspace, _program, _pipeline.IsGreedy ? 0 : 1);
        Span<int> token = stackalloc int[1];
        Span<float> logProbability = stackalloc float[1];
        _summary = _workspace.Read(token, logProbability);
        _totalBefore = _summary.Surprise + logProbability[0] + _summary.LogTotal;
        if (token[0] < 0 || IsBroken(_summary))
            return null;
        if (_pipeline.IsGreedy)
            return new TokenDistribution(token, [1]);
        (int[] kept, float[] processed) = _workspace.ReadKept();
        float largest = processed.Max();
        return new TokenDistribution(kept, [.. processed.Select(x => Math.Exp(x - largest))]);
    }

    /// <summary>Ends a step whose token was chosen elsewhere.</summary>
    /// <param name="token">The token; -1 where the distribution was null.</param>
    /// <param name="probability">Its probability in the distribution.</param>
    /// <returns>The token.</returns>
    internal SampledToken Take(int token, double probability)
    {
        float logProbability = (float)Math.Log(probability);
        return Finish(token, logProbability, _summary with { Surprise = _totalBefore - (logProbability + _summary.LogTotal) });
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _context.Dispose();
        _workspace.Dispose();
        _top?.Dispose();
        _probe?.Dispose();
        _methods.Memory!.Dispose();
        _amounts.Memory!.Dispose();
    }

    private void Prepare(View1<float> logits, ReadOnlyMemory<int> tokens, int promptLength)
    {
        _context.Begin(logits, tokens, promptLength);
        _probe?.Keep(logits);
        foreach (LogitsProcessor processor in _pipeline.Processors)
            processor.Process(_context);
        _context.MakeEdits();
        if (_top is not null)
            SetTopK();
    }

    private SampledToken Finish(int token, float logProbability, DrawSummary summary)
    {
        _step++;
        if (_pipeline.IsGreedy)
            logProbability = 0;
        if (token >= 0 && _probe is not null)
            Measure(token, logProbability);
        if (token >= 0 && _pipeline.Truncations is [.., var last])
            Learn(last, summary, logProbability);
        return new SampledToken(token, logProbability, summary, IsBroken(summary), _context.IsComplete);
    }

    private bool IsBroken(DrawSummary summary) => summary.Broken > 0 || (summary.Banned > 0 && !_context.MayBan);

    private void Draw(SamplingWorkspace workspace, ChainProgram program, float noise)
    {
        if (_context.IsMasked)
            workspace.Draw(_context.Logits, new MaskedTemperatureProcessor(_context.AllowedTokens, _context.Temperature), program, Seed, _step, noise, _tailFree);
        else
            workspace.Draw(_context.Logits, new TemperatureProcessor(_context.Temperature), program, Seed, _step, noise, _tailFree);
    }

    private void Measure(int token, float logProbability)
    {
        // Greedy decoding leaves one token; its step has drawn, so that the number of the draw is the one before.
        IReadOnlyList<TokenLogProbability> after = _pipeline.IsGreedy
            ? [new TokenLogProbability(token, 0)]
            : _probe!.TopAfter(workspace =>
            {
                _step--;
                Draw(workspace, _program, noise: 0);
                _step++;
            });
        LogProbabilities = new StepLogProbabilities(_probe!.MeasureToken(token), _probe.TopBefore(), logProbability, after);
    }

    private void SetTopK()
    {
        _logTotal = _context.Measure().LogTotal;
        Draw(_top!, new ChainProgram(_methods, _amounts, 0), noise: 0);
        _top!.Read(_topTokens, _topLogProbabilities);
        SetAmount(Mirostat1.Keep(_topLogProbabilities, _bound, _context.Vocabulary));
    }

    // Surprise is that of the distribution before mirostat's own cut. Top-k reads only some of it: its total has been measured.
    private void Learn(TruncationStep last, DrawSummary summary, float logProbability)
    {
        switch (last)
        {
            case Mirostat1 mirostat:
                _bound -= mirostat.Rate * (((_logTotal - logProbability - summary.LogTotal) / Math.Log(2)) - mirostat.Target);
                break;
            case Mirostat2 mirostat:
                _bound -= mirostat.Rate * ((summary.Surprise / Math.Log(2)) - mirostat.Target);
                SetAmount((float)(_bound * Math.Log(2)));
                break;
        }
    }

    private void SetAmount(float amount)
    {
        _chain[^4] = amount;
        _amounts.CopyFrom(_chain);
    }
}

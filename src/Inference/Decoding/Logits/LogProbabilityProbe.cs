using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Measures the distributions of one sequence's tokens before and after a pipeline, on the device that computes the logits: one pass more over
/// them for the measures, and one for the most probable tokens.
/// </summary>
internal sealed class LogProbabilityProbe : IDisposable
{
    private readonly Device _device;
    private readonly SamplingWorkspace _workspace;
    private readonly View2<float> _raw;
    private readonly View2<float> _measures;
    private readonly View1<int> _target;
    private readonly ChainProgram _noChain;
    private readonly int[] _tokens;
    private readonly float[] _logProbabilities;

    /// <param name="device">The device.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="top">Most probable tokens to list, 0 or more.</param>
    public LogProbabilityProbe(Device device, int vocabulary, int top)
    {
        int count = Math.Min(top, vocabulary);
        _device = device;
        _workspace = new SamplingWorkspace(device, vocabulary, Math.Max(count, 1), sorts: true);
        _raw = device.Allocate<float>(1, vocabulary);
        _measures = device.Allocate<float>(1, Sampling.Measures);
        _target = device.Allocate<int>(1);
        _noChain = new ChainProgram(device.Allocate<int>(1), device.Allocate<float>(2), 0);
        (_tokens, _logProbabilities) = (new int[count], new float[count]);
    }

    /// <summary>Keeps the model's logits, before processors change them.</summary>
    public void Keep(View1<float> logits) => Sampling.Process(_device, logits, _raw.Row(0), new TemperatureProcessor(1));

    /// <summary>The model's most probable tokens, of the logits kept.</summary>
    public IReadOnlyList<TokenLogProbability> TopBefore()
    {
        if (_tokens.Length == 0)
            return [];
        _workspace.Draw(_raw.Row(0), new TemperatureProcessor(1), _noChain, 0, 0, noise: 0);
        DrawSummary summary = _workspace.Read(_tokens, _logProbabilities);

        // Logarithms so far are relative to the tokens that were read; the total over all is another.
        float total = Measure(0)[1];
        return List(summary.LogTotal - total);
    }

    /// <summary>The most probable tokens after a pipeline.</summary>
    public IReadOnlyList<TokenLogProbability> TopAfter(Action<SamplingWorkspace> draw)
    {
        if (_tokens.Length == 0)
            return [];
        draw(_workspace);
        _workspace.Read(_tokens, _logProbabilities);
        return List(0);
    }

    /// <summary>What the model thought of a token.</summary>
    public TokenMeasures MeasureToken(int token)
    {
        float[] measures = Measure(token);
        return new TokenMeasures(token, measures[3], (int)measures[4], measures[2], measures[0]);
    }

    public void Dispose()
    {
        _workspace.Dispose();
        foreach (DeviceMemory? memory in (ReadOnlySpan<DeviceMemory?>)[_raw.Memory, _measures.Memory, _target.Memory, _noChain.Methods.Memory, _noChain.Amounts.Memory])
            memory?.Dispose();
    }

    private float[] Measure(int token)
    {
        _target.CopyFrom([token]);
        Sampling.Measure(_device, _raw, _target, _measures);
        return _measures.ToArray();
    }

    private List<TokenLogProbability> List(float offset)
    {
        var list = new List<TokenLogProbability>(_tokens.Length);
        for (int i = 0; i < _tokens.Length && _tokens[i] >= 0; i++)
            list.Add(new TokenLogProbability(_tokens[i], _logProbabilities[i] + offset));
        return list;
    }
}

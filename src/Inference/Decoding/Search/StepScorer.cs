namespace KernelFoundry.Inference.Decoding;

/// <summary>Log-probabilities of a sequence's next token on the host, after processors.</summary>
internal sealed class StepScorer : IDisposable
{
    private readonly LogitsContext _context;
    private readonly IReadOnlyList<LogitsProcessor> _processors;
    private readonly int _promptLength;

    public StepScorer(Device device, int vocabulary, IReadOnlyList<LogitsProcessor> processors, int promptLength)
    {
        foreach (LogitsProcessor processor in processors)
            processor.Validate(vocabulary);
        _context = new LogitsContext(device, vocabulary);
        _processors = processors;
        _promptLength = promptLength;
    }

    /// <summary>Appends tokens and gives the log-probabilities of what comes next; all -inf if processors ban everything or the text is complete.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="appended">Tokens to append.</param>
    /// <param name="all">The prompt and all tokens since, those included.</param>
    /// <param name="logProbabilities">Receives them, [vocabulary].</param>
    /// <returns>Whether a processor says that the text is complete.</returns>
    public bool Score(IScoredSequence sequence, ReadOnlySpan<int> appended, ReadOnlyMemory<int> all, Span<float> logProbabilities)
    {
        _context.Begin(sequence.Score(appended), all, _promptLength);
        foreach (LogitsProcessor processor in _processors)
            processor.Process(_context);
        _context.ReadInto(logProbabilities);
        LogSoftmax(logProbabilities);
        return _context.IsComplete;
    }

    public void Dispose() => _context.Dispose();

    /// <summary>Turns logits into log-probabilities.</summary>
    /// <exception cref="InvalidOperationException">A logit is NaN or +inf.</exception>
    internal static void LogSoftmax(Span<float> x)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < x.Length; i++)
        {
            if (!(x[i] < float.PositiveInfinity))
                throw new InvalidOperationException($"The logit of token {i} is {x[i]}; logits must be numbers.");
            max = Math.Max(max, x[i]);
        }

        if (float.IsNegativeInfinity(max))
            return;
        double sum = 0;
        foreach (float each in x)
            sum += Math.Exp(each - max);
        float total = max + (float)Math.Log(sum);
        for (int i = 0; i < x.Length; i++)
            x[i] -= total;
    }
}

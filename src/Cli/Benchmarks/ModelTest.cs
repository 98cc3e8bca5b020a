using System.Diagnostics;
using System.Globalization;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>One test of a model, a prefill or a decode, and what its repetitions took.</summary>
/// <param name="session">The model and its sequence.</param>
/// <param name="isPrefill">Whether all tokens go through at once.</param>
/// <param name="tokens">Number of tokens.</param>
/// <param name="depth">Positions before the first, for the name.</param>
internal sealed class ModelTest(ModelSession session, bool isPrefill, int tokens, int depth)
{
    private readonly List<double> _tokensPerSecond = [];
    private readonly List<double> _allocatedPerToken = [];

    public ModelSession Session => session;

    public bool IsPrefill => isPrefill;

    public int Tokens => tokens;

    /// <summary>As llama-bench calls it: pp512, tg128, or tg128@d1024.</summary>
    public string Name =>
        string.Create(CultureInfo.InvariantCulture, $"{(isPrefill ? "pp" : "tg")}{tokens}{(depth > 0 ? $"@d{depth}" : "")}");

    /// <summary>Tokens a second, one entry a repetition.</summary>
    public IReadOnlyList<double> TokensPerSecond => _tokensPerSecond;

    /// <summary>Bytes allocated on the managed heap a token, all threads together, one entry a repetition.</summary>
    public IReadOnlyList<double> AllocatedPerToken => _allocatedPerToken;

    /// <summary>Runs it once, unmeasured: kernels load, code reaches its last tier, memory its place.</summary>
    public void WarmUp()
    {
        session.Rewind();
        Run();
    }

    /// <summary>Runs it once.</summary>
    public void Repeat()
    {
        session.Rewind();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long started = Stopwatch.GetTimestamp();
        Run();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        _allocatedPerToken.Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)tokens);
        _tokensPerSecond.Add(tokens / seconds);
    }

    private void Run()
    {
        if (isPrefill)
            session.Prefill(tokens);
        else
            session.Decode(tokens);
    }
}

using System.Diagnostics;
using System.Globalization;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>A test of a model, and what its repetitions took.</summary>
/// <param name="session">The model and its sequence.</param>
/// <param name="tokens">Number of tokens of a sequence.</param>
/// <param name="depth">Positions before the first.</param>
internal abstract class ModelTest(ModelSession session, int tokens, int depth) : IDisposable
{
    private readonly List<double> _tokensPerSecond = [];
    private readonly List<double> _allocatedPerToken = [];

    public ModelSession Session => session;

    public int Tokens => tokens;

    public int Depth => depth;

    /// <summary>Sequences that are decoded at once.</summary>
    public virtual int Sequences => 1;

    /// <summary>As llama-bench calls it: pp512, tg128, tg128@d1024, and tg128@b4 of four sequences.</summary>
    public string Name =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind}{tokens}{(depth > 0 ? $"@d{depth}" : "")}{Suffix}");

    /// <summary>Tokens a second of all sequences together, one entry a repetition.</summary>
    public IReadOnlyList<double> TokensPerSecond => _tokensPerSecond;

    /// <summary>Bytes allocated on the managed heap a token, all threads together, one entry a repetition.</summary>
    public IReadOnlyList<double> AllocatedPerToken => _allocatedPerToken;

    /// <summary>pp or tg.</summary>
    protected abstract string Kind { get; }

    /// <summary>What the name ends in.</summary>
    protected virtual string Suffix => "";

    /// <summary>Most tokens a second that the machine could do; null if that is not known.</summary>
    public abstract double? Limit(ModelWork work, SessionRoof roof);

    /// <summary>Runs it once, unmeasured: kernels load, code reaches its last tier, memory its place.</summary>
    public void WarmUp() => Run();

    /// <summary>Runs it once.</summary>
    public void Repeat()
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        (int count, double seconds) = Run();
        _allocatedPerToken.Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)(tokens * Sequences));
        _tokensPerSecond.Add(count / seconds);
    }

    public virtual void Dispose()
    {
    }

    /// <summary>Runs it, and gives the tokens that were measured and the seconds they took.</summary>
    protected abstract (int Tokens, double Seconds) Run();

    /// <summary>Times work that begins behind the depth. It should be static: what holds its session is made anew at every run, and counted among what a token allocates.</summary>
    protected (int Tokens, double Seconds) Time(Action<ModelSession, int> work)
    {
        session.Rewind();
        long started = Stopwatch.GetTimestamp();
        work(session, tokens);
        return (tokens, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}

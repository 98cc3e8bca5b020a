using System.Diagnostics;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>
/// Token by token of several sequences at once, through a <see cref="BatchEngine"/>: with the choice of each token, the engine's scheduling and its readers. The clock
/// starts when every sequence has its first token and stops when the first one has its last, so that all sequences are there all the time.
/// </summary>
/// <param name="session">The model.</param>
/// <param name="tokens">Tokens of a sequence.</param>
/// <param name="depth">Positions before the first.</param>
/// <param name="sequences">Sequences.</param>
internal sealed class BatchTest(ModelSession session, int tokens, int depth, int sequences) : ModelTest(session, tokens, depth)
{
    private readonly BatchEngine _engine = new(session.Model, new BatchOptions
    {
        MaxSequences = sequences,
        MaxQueued = sequences,
        CachePositions = sequences * KvBlockPool.BlockTokens * KvBlockPool.BlocksFor(Prompt(depth) + tokens),
        SharesPrefixes = false,
    });

    public override int Sequences => sequences;

    protected override string Kind => "tg";

    protected override string Suffix => $"@b{sequences}";

    // Weights are read once for all sequences, until multiplying takes longer than reading.
    public override double? Limit(ModelWork work, SessionRoof roof)
    {
        double read = sequences * roof.ReadBandwidth / work.DecodeBytes(Depth, Tokens, sequences, Session.Cache);
        return Math.Min(read, (roof.FmaPeak / work.DecodeOperations(Depth, Tokens)) ?? double.PositiveInfinity);
    }

    /// <summary>Tokens of the prompt that stands for a depth: the engine continues one at least.</summary>
    public static int Prompt(int depth) => Math.Max(depth, 1);

    public override void Dispose()
    {
        _engine.Dispose();
        base.Dispose();
    }

    protected override (int Tokens, double Seconds) Run()
    {
        var counts = new int[sequences];
        var clock = new Lock();
        int begun = 0, first = 0;
        long started = 0, ended = 0, counted = 0;
        Task.WhenAll(Enumerable.Range(0, sequences).Select(sequence => Task.Run(async () =>
        {
            var options = new GenerationOptions { MaxTokens = Tokens, StopTokens = [] };
            await foreach (GenerationChunk chunk in _engine.GenerateAsync(Session.Prompt(Prompt(Depth), sequence), options))
            {
                if (chunk.Token is null)
                    continue;
                lock (clock)
                {
                    counts[sequence]++;
                    if (counts[sequence] == 1 && ++begun == sequences)
                        (started, first) = (Stopwatch.GetTimestamp(), counts.Sum());
                    if (counts[sequence] == Tokens && ended == 0)
                        (ended, counted) = (Stopwatch.GetTimestamp(), counts.Sum());
                }
            }
        }))).GetAwaiter().GetResult();
        return begun == sequences && ended > started
            ? ((int)counted - first, Stopwatch.GetElapsedTime(started, ended).TotalSeconds)
            : throw new InvalidOperationException($"{sequences} sequences of {Tokens} tokens are never all there at once; give --tg more.");
    }
}

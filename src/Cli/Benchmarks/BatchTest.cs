using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>
/// Token by token of several sequences at once, through a <see cref="BatchEngine"/>: with the choice of each token, the engine's scheduling and its readers. All sequences
/// begin together, and the rates of all from their first token to their last are added up.
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

    // The engine's own clock: readers may lag behind it.
    protected override (int Tokens, double Seconds) Run()
    {
        var together = new Together(_engine, sequences);
        var options = new GenerationOptions { MaxTokens = Tokens, StopTokens = [], PrefillProgress = together };
        GenerationStatistics[] all = Task.WhenAll(Enumerable.Range(0, sequences).Select(sequence => Task.Run(async () =>
        {
            GenerationChunk last = default;
            await foreach (GenerationChunk chunk in _engine.GenerateAsync(Session.Prompt(Prompt(Depth), sequence), options))
                last = chunk;
            return last.Statistics!;
        }))).GetAwaiter().GetResult();

        // The first token comes with the prompt.
        int counted = sequences * (Tokens - 1);
        return (counted, counted / all.Sum(each => (Tokens - 1) / each.DecodeTime.TotalSeconds));
    }

    /// <summary>Holds the engine up in its first step until all sequences are in its queue, so that they are there together.</summary>
    private sealed class Together(BatchEngine engine, int sequences) : IProgress<int>
    {
        public void Report(int value) => SpinWait.SpinUntil(() => engine.Statistics is var now && now.Running + now.Queued >= sequences, TimeSpan.FromSeconds(1));
    }
}

using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Batching;

/// <summary>Requests that share a model: each gets what it gets alone.</summary>
public sealed class BatchEngineTests : IDisposable
{
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData("foundry", GgmlType.F16, true)]
    [InlineData("foundry", GgmlType.F16, false)]
    [InlineData("llama, sliding window (Mistral)", GgmlType.F32, true)]
    [InlineData("gpt-oss", GgmlType.F32, true)]
    [InlineData("qwen3moe", GgmlType.F32, true)]
    public async Task DrawnRequestsGetWhatTheyGetAlone(string name, GgmlType type, bool shares)
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        using LanguageModel model = ScheduleTests.Open(name, type, CacheElement.Float, _device);
        int[] common = [.. Enumerable.Range(0, 90).Select(_ => random.Next(5, model.Configuration.VocabularySize))];
        using var engine = new BatchEngine(model, new BatchOptions { MaxSequences = 5, MaxQueued = 3, CachePositions = 700, SharesPrefixes = shares, StepTokens = 40 });
        await Task.WhenAll(Enumerable.Range(0, 24).Select(async number =>
        {
            int[] prompt;
            GenerationOptions options;
            int taken;
            lock (random)
            {
                prompt = [.. common[..random.Next(1, 90)], .. Enumerable.Range(0, random.Next(0, 40)).Select(_ => random.Next(5, model.Configuration.VocabularySize))];
                options = new GenerationOptions { MaxTokens = random.Next(1, 40), StopTokens = [], Seed = (uint)number, Temperature = number % 3, TopK = number % 2 * 7, LogProbabilities = 2 };
                taken = random.Next(3) == 0 ? random.Next(1, 5) : int.MaxValue;
            }

            GenerationChunk[] alone = [.. new TextGenerator(model).Generate(prompt, options)];
            var found = new List<GenerationChunk>();
            await foreach (GenerationChunk chunk in engine.GenerateAsync(prompt, options, TestContext.Current.CancellationToken))
            {
                found.Add(chunk);
                if (found.Count == taken)
                    break;
            }

            Assert.Equal(alone.Take(found.Count).Select(chunk => (chunk.Token, chunk.Text, chunk.LogProbabilities?.Model.LogProbability)),
                found.Select(chunk => (chunk.Token, chunk.Text, chunk.LogProbabilities?.Model.LogProbability)));
            if (taken == int.MaxValue)
                Assert.Equal(FinishReason.Length, found[^1].FinishReason);
        }));
        Assert.True(engine.Statistics.Steps > 0, $"seed {seed}");
    }

    [Fact]
    public async Task LaterRequestsReuseWhatEarlierOnesHadAndForgetItForOthers()
    {
        using LanguageModel model = ScheduleTests.Open("foundry", GgmlType.F16, CacheElement.Float, _device);
        const int Block = KvBlockPool.BlockTokens;
        using var engine = new BatchEngine(model, new BatchOptions { MaxSequences = 1, CachePositions = 5 * Block });
        int[] prompt = [.. Enumerable.Range(0, (3 * Block) + 4).Select(i => 5 + (i * 7 % 200))];
        Assert.Equal(0, (await Run(engine, prompt)).CachedTokens);
        Assert.Equal(3 * Block, (await Run(engine, prompt)).CachedTokens);
        Assert.Equal(Block, (await Run(engine, [.. prompt[..(Block + 18)], .. prompt[20..(Block + 38)]])).CachedTokens);
        for (int i = 0; i < 4; i++)
            Assert.Equal(0, (await Run(engine, [10 + i, .. prompt])).CachedTokens);
        Assert.Equal(0, (await Run(engine, prompt)).CachedTokens);
    }

    [Fact]
    public async Task RequestsThatCannotBeServedAreRefusedOrEnd()
    {
        using LanguageModel model = ScheduleTests.Open("foundry", GgmlType.F16, CacheElement.Float, _device);
        var engine = new BatchEngine(model, new BatchOptions { MaxSequences = 1, MaxQueued = 1, WaitsForQueue = false, CachePositions = 128 });
        int[] prompt = [5, 6, 7];
        Assert.Contains("CachePositions", Assert.Throws<ArgumentException>(() => engine.GenerateAsync(prompt, new GenerationOptions { MaxTokens = 126 })).Message, StringComparison.Ordinal);
        using var cache = new PromptCache(model);
        Assert.Contains("PromptCache", Assert.Throws<ArgumentException>(() => engine.GenerateAsync(prompt, new GenerationOptions { PromptCache = cache })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.GenerateAsync([-1]));
        Assert.Throws<ArgumentException>(() => new BatchEngine(model, new BatchOptions { MaxSequences = 0 }));

        // The first runs and is held up by its own processor; the second waits; the third is refused.
        using var gate = new ManualResetEventSlim();
        var running = new TaskCompletionSource();
        var held = new GenerationOptions
        {
            MaxTokens = 2,
            StopTokens = [],
            Pipeline = DecodingPipeline.Logits.With(new Callback(_ => { running.TrySetResult(); gate.Wait(); })).Greedy(),
        };
        Task<GenerationStatistics> first = Run(engine, prompt, held);
        await running.Task;
        using var cancellation = new CancellationTokenSource();
        Task<GenerationStatistics> second = Run(engine, prompt, cancellation: cancellation.Token);
        await Assert.ThrowsAsync<BatchQueueFullException>(() => Run(engine, prompt));
        await cancellation.CancelAsync();
        gate.Set();
        Assert.Equal(2, (await first).GeneratedTokens);
        Assert.Equal(0, (await second).GeneratedTokens);

        // An error in one request's pipeline is that request's.
        var broken = new GenerationOptions { MaxTokens = 4, Pipeline = DecodingPipeline.Logits.With(new Callback(_ => throw new FormatException("mine"))).Greedy() };
        await Assert.ThrowsAsync<FormatException>(() => Run(engine, prompt, broken));
        Assert.Equal(4, (await Run(engine, prompt)).GeneratedTokens);
        engine.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Run(engine, prompt));
    }

    private static async Task<GenerationStatistics> Run(BatchEngine engine, int[] prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        GenerationStatistics? statistics = null;
        await foreach (GenerationChunk chunk in engine.GenerateAsync(prompt, options ?? new GenerationOptions { MaxTokens = 4, StopTokens = [] }, cancellation))
            statistics = chunk.Statistics;
        return statistics!;
    }
}

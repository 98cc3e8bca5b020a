using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;
using KernelFoundry.Inference.Tests.Tokenizers;

namespace KernelFoundry.Inference.Tests.Batching;

/// <summary>What goes wrong with one request of a batch is that request's alone.</summary>
public sealed class FaultTests : IDisposable
{
    private const int Poison = TestVocabulary.FirstPiece + 6;
    private readonly Device _device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });

    public void Dispose() => _device.Dispose();

    // Whoever has tokens and stops reading gets the rest when it goes on; its memory is given back when it has generated, not when it has read.
    [Fact]
    public async Task AReaderThatStopsHoldsNobodyUp()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        using var engine = new BatchEngine(model, new BatchOptions { MaxSequences = 3, CachePositions = 192, SharesPrefixes = false });
        GenerationOptions options = Options(30);
        int[] prompt = model.Tokenizer.Encode("the ab", addBos: true);
        (int? Token, string Text)[] alone = Alone(model, prompt, options);
        IAsyncEnumerator<GenerationChunk> stalled = engine.GenerateAsync(prompt, options, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await stalled.MoveNextAsync());
        for (int i = 0; i < 8; i++)
            Assert.Equal(alone, await Run(engine, prompt, options));
        while (engine.Statistics.Running > 0)
            await Task.Yield();
        Assert.Equal(engine.Statistics.Blocks, engine.Statistics.FreeBlocks);
        List<(int? Token, string Text)> rest = [(stalled.Current.Token, stalled.Current.Text)];
        while (await stalled.MoveNextAsync())
            rest.Add((stalled.Current.Token, stalled.Current.Text));
        Assert.Equal(alone, rest);
        Assert.Equal(31, rest.Count);
        await stalled.DisposeAsync();
    }

    // A token whose embedding is not a number makes every later number of its own sequence none, and its blocks go back to the pool with such keys in them.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LogitsThatAreNoNumbersHarmTheirOwnSequenceOnly(bool shares)
    {
        using LanguageModel model = new TinyModel { Tied = false, Change = Damage }.Open(_device);
        using var engine = new BatchEngine(model, new BatchOptions { MaxSequences = 4, CachePositions = 256, SharesPrefixes = shares });
        GenerationOptions options = Options(20) with { Decoding = new DecodingOptions { BannedTokens = [Poison] } };
        int[] prompt = model.Tokenizer.Encode("the ab", addBos: true);
        (int? Token, string Text)[] alone = Alone(model, prompt, options);
        Assert.Throws<InvalidModelException>(() => new TextGenerator(model).Generate([.. prompt, Poison], options, TestContext.Current.CancellationToken).ToArray());
        for (int round = 0; round < 4; round++)
        {
            Task<(int? Token, string Text)[]>[] good = [.. Enumerable.Range(0, 3).Select(_ => Run(engine, prompt, options))];
            await Assert.ThrowsAsync<InvalidModelException>(() => Run(engine, [.. prompt, Poison], options));
            foreach (Task<(int? Token, string Text)[]> each in good)
                Assert.Equal(alone, await each);
        }
    }

    [Fact]
    public async Task ARequestThatBansEverythingFailsAlone()
    {
        using LanguageModel model = new TinyModel().Open(_device);
        using var engine = new BatchEngine(model, new BatchOptions { MaxSequences = 3, CachePositions = 192 });
        int[] prompt = model.Tokenizer.Encode("the ab", addBos: true);
        int[] all = [.. Enumerable.Range(0, model.Configuration.VocabularySize)];
        Assert.Contains("BannedTokens", Assert.Throws<ArgumentException>(() => engine.GenerateAsync(prompt, Options(4) with { Decoding = new DecodingOptions { BannedTokens = all } })).Message, StringComparison.Ordinal);
        GenerationOptions banned = Options(4) with { Decoding = new DecodingOptions { LogitBias = all.ToDictionary(id => id, _ => float.NegativeInfinity) } };
        Task<(int? Token, string Text)[]> good = Run(engine, prompt, Options(20));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Run(engine, prompt, banned));
        Assert.Contains("No token is left", error.Message, StringComparison.Ordinal);
        Assert.Equal(Alone(model, prompt, Options(20)), await good);
    }

    private static void Damage(Dictionary<string, TensorData> tensors)
    {
        TensorData embedding = tensors["token_embd.weight"];
        for (int i = 0; i < 32; i++)
            BitConverter.TryWriteBytes(embedding.Bytes.AsSpan(((Poison * 32) + i) * sizeof(float)), float.NaN);
    }

    private static GenerationOptions Options(int tokens) => new() { MaxTokens = tokens, StopTokens = [] };

    private static (int? Token, string Text)[] Alone(LanguageModel model, int[] prompt, GenerationOptions options) =>
        [.. new TextGenerator(model).Generate(prompt, options).Select(chunk => (chunk.Token, chunk.Text))];

    private static async Task<(int? Token, string Text)[]> Run(BatchEngine engine, int[] prompt, GenerationOptions options)
    {
        var found = new List<(int? Token, string Text)>();
        await foreach (GenerationChunk chunk in engine.GenerateAsync(prompt, options, TestContext.Current.CancellationToken))
            found.Add((chunk.Token, chunk.Text));
        return [.. found];
    }
}

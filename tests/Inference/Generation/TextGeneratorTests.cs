using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Generation;

public class TextGeneratorTests
{
    private static readonly int[] s_prompt = [1, 262, 268, 259];
    private static readonly GenerationOptions s_noStop = new() { StopTokens = [] };

    public static TheoryData<string> Devices => TestDevices.Names;

    [Theory]
    [MemberData(nameof(Devices))]
    public void GreedyIsTheArgMaxOfThePapersLogits(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        var tiny = new TinyModel();
        using LanguageModel model = tiny.Open(device);
        int[] generated = Tokens(model, s_prompt, s_noStop with { MaxTokens = 20 });
        int[] all = [.. s_prompt, .. generated];
        double[][] logits = tiny.Oracle().Logits(all);
        Assert.Equal(20, generated.Length);
        for (int i = 0; i < generated.Length; i++)
            Assert.Equal(Array.IndexOf(logits[s_prompt.Length + i - 1], logits[s_prompt.Length + i - 1].Max()), generated[i]);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void ASeedIsATextAndAnotherSeedAnother(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = new TinyModel().Open(device);
        GenerationOptions options = s_noStop with { MaxTokens = 12, Temperature = 1, Seed = 5 };
        int[] first = Tokens(model, s_prompt, options);
        Assert.Equal(first, Tokens(model, s_prompt, options));
        Assert.NotEqual(first, Tokens(model, s_prompt, options with { Seed = 6 }));
        Assert.NotEqual(first, Tokens(model, s_prompt, options with { Seed = null }));
        Assert.Equal(Tokens(model, s_prompt, s_noStop with { MaxTokens = 12 }), Tokens(model, s_prompt, options with { TopK = 1 }));
        Assert.Equal(Tokens(model, s_prompt, s_noStop with { MaxTokens = 12 }), Tokens(model, s_prompt, options with { TopP = 1e-6f }));
        Assert.Equal(Tokens(model, s_prompt, s_noStop with { MaxTokens = 12 }), Tokens(model, s_prompt, options with { MinP = 1 }));
    }

    [Fact]
    public void GreedyTakesTheLowestOfEqualLogits()
    {
        // Two rows of the output projection alike: their logits tie, and the lower id must win.
        var tiny = new TinyModel { Tied = false };
        using LanguageModel plain = tiny.Open(Device.Reference);
        int best = Tokens(plain, s_prompt, s_noStop with { MaxTokens = 1 })[0];
        foreach (int other in new[] { 0, 270 })
        {
            var twins = new TinyModel { Tied = false, Change = t => Copy(t["output.weight"], best, other, 32) };
            using LanguageModel model = twins.Open(Device.Reference);
            Assert.Equal(Math.Min(best, other), Tokens(model, s_prompt, s_noStop with { MaxTokens = 1 })[0]);
        }
    }

    [Fact]
    public async Task TheStreamIsTheTextInPieces()
    {
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = new TinyModel().Open(device);
        var generator = new TextGenerator(model);
        var chunks = new List<GenerationChunk>();
        await foreach (GenerationChunk chunk in generator.GenerateAsync("the", s_noStop with { MaxTokens = 15, Temperature = 1, Seed = 3 }))
            chunks.Add(chunk);
        Assert.Equal(16, chunks.Count);
        Assert.All(chunks[..15], c => Assert.True(c.Token is not null && c.FinishReason is null && c.Statistics is null));
        Assert.Null(chunks[15].Token);
        Assert.Equal(FinishReason.Length, chunks[15].FinishReason);
        int[] prompt = generator.Encode("the");
        Assert.Equal(1, prompt[0]);
        int[] all = [.. prompt, .. chunks[..15].Select(c => c.Token!.Value)];
        Assert.Equal(model.Tokenizer.Decode(all), "the" + string.Concat(chunks.Select(c => c.Text)));
        GenerationStatistics statistics = chunks[15].Statistics!;
        Assert.Equal((prompt.Length, 15), (statistics.PromptTokens, statistics.GeneratedTokens));
        Assert.True(statistics.PrefillTime > TimeSpan.Zero && statistics.DecodeTime > TimeSpan.Zero);
    }

    [Fact]
    public void StopStringsEndTheTextBeforeThemAcrossTokens()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        GenerationOptions options = s_noStop with { MaxTokens = 40, Temperature = 1, Seed = 9 };
        string text = Text(model, options, out _);
        for (int start = 0; start < text.Length - 3; start += 2)
        {
            string stop = text.Substring(start, 3);
            string expected = text[..text.IndexOf(stop, StringComparison.Ordinal)];
            Assert.Equal(expected, Text(model, options with { StopStrings = ["never", stop] }, out FinishReason reason));
            Assert.Equal(FinishReason.Stop, reason);
        }
    }

    [Fact]
    public void StopTokensEndWithoutBeingPartOfTheText()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        GenerationOptions options = s_noStop with { MaxTokens = 10, Temperature = 1, Seed = 4 };
        int[] tokens = Tokens(model, s_prompt, options);
        int stop = tokens[6];
        int[] stopped = Tokens(model, s_prompt, options with { StopTokens = [stop] }, out FinishReason reason);
        Assert.Equal(tokens[..Array.IndexOf(tokens, stop)], stopped);
        Assert.Equal(FinishReason.Stop, reason);
    }

    [Fact]
    public void TheModelsEndOfSequenceStopsUnlessToldOtherwise()
    {
        // Token 2 is EOS: its output row is the best token's, twice as long.
        var tiny = new TinyModel { Tied = false };
        using LanguageModel plain = tiny.Open(Device.Reference);
        int best = Tokens(plain, s_prompt, s_noStop with { MaxTokens = 1 })[0];
        var ending = new TinyModel { Tied = false, Change = t => Copy(t["output.weight"], best, 2, 32, 2) };
        using LanguageModel model = ending.Open(Device.Reference);
        Assert.Empty(Tokens(model, s_prompt, new GenerationOptions(), out FinishReason reason));
        Assert.Equal(FinishReason.Stop, reason);
        Assert.Equal([2], Tokens(model, s_prompt, s_noStop with { MaxTokens = 1 }));
    }

    [Fact]
    public void AFullContextEndsTheText()
    {
        using LanguageModel model = new TinyModel { Context = 10 }.Open(Device.Reference);
        int[] tokens = Tokens(model, s_prompt, s_noStop with { MaxTokens = 100 }, out FinishReason reason);

        // Positions 4 to 9 take six tokens; the seventh is known but has no position.
        Assert.Equal(7, tokens.Length);
        Assert.Equal(FinishReason.Context, reason);
        Tokens(model, s_prompt, s_noStop with { MaxTokens = 7 }, out reason);
        Assert.Equal(FinishReason.Length, reason);
        Assert.Single(Tokens(model, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], s_noStop with { MaxTokens = 3 }, out reason));
        Assert.Equal(FinishReason.Context, reason);
        Assert.Single(Tokens(model, s_prompt, s_noStop with { MaxTokens = int.MaxValue }).Take(1));
    }

    [Fact]
    public void NoTokensAskedForIsAnEmptyText()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        GenerationChunk only = Assert.Single(new TextGenerator(model).Generate(s_prompt, new GenerationOptions { MaxTokens = 0 }));
        Assert.Equal((null, "", FinishReason.Length), (only.Token, only.Text, only.FinishReason));
        Assert.Equal(0, only.Statistics!.GeneratedTokens);
    }

    [Fact]
    public async Task CancellingEndsTheStream()
    {
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = new TinyModel().Open(device);
        using var cancel = new CancellationTokenSource();
        var chunks = new List<GenerationChunk>();
        await foreach (GenerationChunk chunk in new TextGenerator(model).GenerateAsync(s_prompt, s_noStop with { MaxTokens = 40 })
            .WithCancellation(cancel.Token))
        {
            chunks.Add(chunk);
            if (chunks.Count == 3)
                await cancel.CancelAsync();
        }

        Assert.Equal(4, chunks.Count);
        Assert.Equal(FinishReason.Cancelled, chunks[3].FinishReason);

        // Before the prompt has been through: nothing but the reason.
        GenerationChunk only = Assert.Single(new TextGenerator(model).Generate(s_prompt, s_noStop, cancel.Token));
        Assert.Equal(FinishReason.Cancelled, only.FinishReason);
    }

    [Fact]
    public void ALongPromptIsCancelledBetweenBatches()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference, new ModelOptions { PrefillBatch = 2 });
        using var cancel = new CancellationTokenSource();
        var progress = new Seen(count =>
        {
            if (count == 4)
                cancel.Cancel();
        });
        GenerationChunk only = Assert.Single(new TextGenerator(model).Generate(
            [1, 2, 3, 4, 5, 6, 7], s_noStop with { PrefillProgress = progress }, cancel.Token));
        Assert.Equal(FinishReason.Cancelled, only.FinishReason);
        Assert.Equal([2, 4], progress.Counts);
    }

    [Fact]
    public void WrongPromptsSayWhatIsWrong()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        var generator = new TextGenerator(model);
        Assert.Contains("no tokens", Assert.Throws<ArgumentException>(() => generator.Generate([])).Message, StringComparison.Ordinal);
        var tooLong = Assert.Throws<ArgumentException>(() => generator.Generate(new int[49]));
        Assert.Contains("49 tokens", tooLong.Message, StringComparison.Ordinal);
        Assert.Contains("holds 48", tooLong.Message, StringComparison.Ordinal);
        foreach (int id in new[] { -1, 271 })
            Assert.Contains("0 to 270", Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate([1, id])).Message,
                StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate([1], new GenerationOptions { StopTokens = [999] }));
    }

    [Fact]
    public void TheEmptyPromptIsTheBeginOfSequenceTokenIfThereIsOne()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        Assert.Equal([1], new TextGenerator(model).Encode(""));

        var unwanted = new TinyModel();
        unwanted.Vocabulary.With("tokenizer.ggml.add_bos_token", false);
        using LanguageModel second = unwanted.Open(Device.Reference);
        Assert.Equal([1], new TextGenerator(second).Encode(""));
        Assert.NotEqual(1, new TextGenerator(second).Encode("a")[0]);
    }

    [Theory]
    [InlineData("MaxTokens")]
    [InlineData("Temperature")]
    [InlineData("TopK")]
    [InlineData("TopP")]
    [InlineData("MinP")]
    [InlineData("StopStrings")]
    public void OptionsOutOfRangeAreNamed(string name)
    {
        GenerationOptions[] wrong = name switch
        {
            "MaxTokens" => [new() { MaxTokens = -1 }],
            "Temperature" => [new() { Temperature = -0.1f }, new() { Temperature = float.NaN },
                new() { Temperature = float.PositiveInfinity }],
            "TopK" => [new() { TopK = -1 }],
            "TopP" => [new() { TopP = 0 }, new() { TopP = 1.1f }, new() { TopP = float.NaN }],
            "MinP" => [new() { MinP = -0.1f }, new() { MinP = 1.1f }, new() { MinP = float.NaN }],
            _ => [new() { StopStrings = ["a", ""] }],
        };
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        foreach (GenerationOptions options in wrong)
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => new TextGenerator(model).Generate([1], options)).Message,
                StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void NaNWeightsAreFoundInTheLogits(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        foreach (var (tensor, index) in new[] { ("blk.0.ffn_down.weight", 70), ("output.weight", (270 * 32) + 3) })
        {
            foreach (float value in new[] { float.NaN, float.PositiveInfinity })
            {
                var broken = new TinyModel
                {
                    Tied = false,
                    Change = t => BitConverter.TryWriteBytes(t[tensor].Bytes.AsSpan(index * 4), value),
                };
                using LanguageModel model = broken.Open(device);
                foreach (float temperature in new[] { 0f, 1f })
                {
                    GenerationOptions options = s_noStop with { Temperature = temperature };
                    var error = Assert.Throws<InvalidModelException>(() => Tokens(model, s_prompt, options));
                    Assert.Equal("the logits for position 4", error.Field);
                }
            }
        }
    }

    [Theory]
    [InlineData("cpu-2")]
    [InlineData("opencl")]
    public void ADeviceThatIsGoneIsAClearError(string deviceName)
    {
        using Device device = TestDevices.Open(deviceName);
        using LanguageModel model = new TinyModel().Open(device);
        using IEnumerator<GenerationChunk> chunks = new TextGenerator(model).Generate(s_prompt, s_noStop).GetEnumerator();
        Assert.True(chunks.MoveNext());
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => chunks.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => Tokens(model, s_prompt, s_noStop));
    }

    private static void Copy(TensorData matrix, int from, int to, int columns, float factor = 1)
    {
        for (int i = 0; i < columns; i++)
        {
            float value = BitConverter.ToSingle(matrix.Bytes, ((from * columns) + i) * 4) * factor;
            BitConverter.TryWriteBytes(matrix.Bytes.AsSpan(((to * columns) + i) * 4), value);
        }
    }

    private static int[] Tokens(LanguageModel model, int[] prompt, GenerationOptions options) => Tokens(model, prompt, options, out _);

    private static int[] Tokens(LanguageModel model, int[] prompt, GenerationOptions options, out FinishReason reason)
    {
        GenerationChunk[] chunks = [.. new TextGenerator(model).Generate(prompt, options)];
        reason = chunks[^1].FinishReason!.Value;
        return [.. chunks[..^1].Select(c => c.Token!.Value)];
    }

    private static string Text(LanguageModel model, GenerationOptions options, out FinishReason reason)
    {
        GenerationChunk[] chunks = [.. new TextGenerator(model).Generate(s_prompt, options)];
        reason = chunks[^1].FinishReason!.Value;
        return string.Concat(chunks.Select(c => c.Text));
    }

    private sealed class Seen(Action<int> act) : IProgress<int>
    {
        public List<int> Counts { get; } = [];

        public void Report(int value)
        {
            Counts.Add(value);
            act(value);
        }
    }
}

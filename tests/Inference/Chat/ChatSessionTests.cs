using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Chat;

public class ChatSessionTests
{
    private const string Template = "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}";
    private static readonly GenerationOptions s_generation = new() { MaxTokens = 6, StopTokens = [] };

    [Fact]
    public async Task OnlyWhatIsNewGoesThroughTheModel()
    {
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = Model().Open(device);
        using var session = new ChatSession(model);
        var settings = new ChatSettings { Generation = s_generation };
        List<ChatMessage> messages = [new(ChatRoles.User, "the ab")];
        for (int turn = 0; turn < 3; turn++)
        {
            int[] prompt = session.Encode(messages, settings);
            ChatAnswer last = await Last(session.AnswerAsync(messages, settings));

            // A session of its own keeps nothing, and says the same.
            using var fresh = new ChatSession(model);
            ChatAnswer expected = await Last(fresh.AnswerAsync(messages, settings));
            Assert.Equal(expected.Message!.Content, last.Message!.Content);
            Assert.Equal((prompt.Length, 0), (expected.Statistics!.PromptTokens, expected.Statistics.CachedTokens));
            Assert.Equal(prompt.Length, last.Statistics!.PromptTokens);
            Assert.True(turn == 0 ? last.Statistics.CachedTokens == 0 : last.Statistics.CachedTokens > 3, $"turn {turn}: {last.Statistics.CachedTokens} kept");
            messages.AddRange([last.Message, new(ChatRoles.User, " the he")]);
        }

        // Another conversation has another beginning; only the first token is the same.
        ChatAnswer other = await Last(session.AnswerAsync([new(ChatRoles.User, "c")], settings));
        Assert.Equal(1, other.Statistics!.CachedTokens);
    }

    [Fact]
    public void TheSamePromptAgainIsKeptButForItsLastToken()
    {
        using LanguageModel model = Model().Open(Device.Reference);
        using var cache = new PromptCache(model);
        var generator = new TextGenerator(model);
        GenerationOptions options = s_generation with { PromptCache = cache };
        int[] prompt = [1, 262, 268, 259];
        int[] first = Tokens(generator, prompt, options, out GenerationStatistics statistics);
        Assert.Equal(0, statistics.CachedTokens);
        Assert.Equal(first, Tokens(generator, prompt, options, out statistics));
        Assert.Equal(3, statistics.CachedTokens);
        Assert.Equal(first[1..], Tokens(generator, [.. prompt, first[0]], options with { MaxTokens = 5 }, out statistics));
        Assert.Equal(4, statistics.CachedTokens);
        Assert.True(cache.ByteLength > 0);
        cache.Clear();
        Assert.Equal((0, 0), (cache.Length, cache.ByteLength));
    }

    [Fact]
    public void ACancelledPromptKeepsWhatHasBeenThrough()
    {
        using LanguageModel model = Model().Open(Device.Reference, new ModelOptions { PrefillBatch = 2 });
        using var cache = new PromptCache(model);
        var generator = new TextGenerator(model);
        int[] prompt = [1, 262, 268, 259, 260, 261, 262, 263];
        using var cancel = new CancellationTokenSource();
        GenerationOptions options = s_generation with { PromptCache = cache };
        GenerationOptions cancelling = options with { PrefillProgress = new Callback(done => { if (done >= 4) cancel.Cancel(); }) };
        GenerationChunk last = generator.Generate(prompt, cancelling, cancel.Token).Last();
        Assert.Equal(FinishReason.Cancelled, last.FinishReason);
        Assert.Equal(4, cache.Length);
        int[] expected = Tokens(generator, prompt, s_generation, out _);
        Assert.Equal(expected, Tokens(generator, prompt, options, out GenerationStatistics statistics));
        Assert.Equal(4, statistics.CachedTokens);
    }

    [Fact]
    public void OneGenerationAtATimeHasTheCache()
    {
        using LanguageModel model = Model().Open(Device.Reference);
        using var cache = new PromptCache(model);
        var generator = new TextGenerator(model);
        GenerationOptions options = s_generation with { PromptCache = cache };
        using (IEnumerator<GenerationChunk> first = generator.Generate([1, 262], options).GetEnumerator())
        {
            first.MoveNext();
            Assert.Throws<InvalidOperationException>(() => generator.Generate([1, 262], options).First());
        }

        Assert.Equal(1, generator.Generate([1, 262], options).Count(c => c.FinishReason is not null));
    }

    [Fact]
    public async Task AModelWithoutATemplateNeedsOneNamed()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        using var session = new ChatSession(model);
        ChatMessage[] messages = [new(ChatRoles.User, "the")];
        Assert.Throws<InvalidModelException>(() => session.AnswerAsync(messages));
        var settings = new ChatSettings { Template = NamedChatTemplates.Get("plain"), Generation = s_generation };
        Assert.NotNull((await Last(session.AnswerAsync(messages, settings))).Message);
    }

    [Fact]
    public void TheEndOfATurnEndsAnswersToo()
    {
        // It is another token than the end of the text; one that is no control token is text.
        var tiny = new TinyModel();
        int endOfTurn = tiny.Vocabulary.Tokens.Count;
        tiny.Vocabulary.Add("<|im_end|>", type: TokenType.Control).Add("<|eot_id|>");
        using LanguageModel model = tiny.Open(Device.Reference);
        Assert.Equal([2, endOfTurn], ChatStopTokens.Find(model.File, model.Tokenizer, ChatFormats.Plain));
        Assert.Equal([2], ChatStopTokens.Find(model.File, model.Tokenizer, ChatFormats.Plain with { NeverStopAt = ["<|im_end|>"] }));
    }

    internal static TinyModel Model()
    {
        var tiny = new TinyModel { Context = 200 };
        tiny.Metadata["tokenizer.chat_template"] = Template;
        return tiny;
    }

    private static async Task<ChatAnswer> Last(IAsyncEnumerable<ChatAnswer> answers)
    {
        ChatAnswer last = default;
        string text = "";
        await foreach (ChatAnswer answer in answers)
        {
            last = answer;
            text += answer.Delta.Text;
        }

        Assert.Equal(text, last.Message!.Content);
        return last;
    }

    private static int[] Tokens(TextGenerator generator, int[] prompt, GenerationOptions options, out GenerationStatistics statistics)
    {
        GenerationChunk[] chunks = [.. generator.Generate(prompt, options)];
        statistics = chunks[^1].Statistics!;
        return [.. chunks[..^1].Select(c => c.Token!.Value)];
    }

    private sealed class Callback(Action<int> action) : IProgress<int>
    {
        public void Report(int value) => action(value);
    }
}

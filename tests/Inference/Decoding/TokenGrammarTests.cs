using System.Diagnostics;
using System.Text;
using System.Text.Json;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Decoding;

/// <summary>Masks over vocabularies, and texts generated under them.</summary>
public sealed class TokenGrammarTests
{
    // Random tokens of the mask until the text may end: always JSON, and every token of the mask leads on while no other does.
    [Fact]
    public void WhatMasksAllowIsWhatTheGrammarAllows()
    {
        byte[][] texts = Vocabulary(400, 3);
        TokenGrammar grammar = Grammar.Json().For(TokenTrie.Create(texts));
        var random = new Random(7);
        for (int run = 0; run < 40; run++)
        {
            var bytes = new List<byte>();
            int state = grammar.Start;
            for (int step = 0; step < 60 && !grammar.IsEnd(state); step++)
            {
                int[] allowed = Allowed(grammar, state);
                if (run < 4)
                    Assert.Equal(Enumerable.Range(0, texts.Length).Where(token => grammar.Next(state, token) >= 0), allowed);
                if (allowed.Length == 0 || (step > 20 && grammar.IsAccepting(state)))
                    break;
                int token = allowed[random.Next(allowed.Length)];
                bytes.AddRange(texts[token]);
                state = grammar.Next(state, token);
            }

            if (grammar.IsAccepting(state))
                JsonDocument.Parse(bytes.ToArray()).Dispose();
        }
    }

    [Fact]
    public void SchemasHoldInGeneratedText()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2 });
        using LanguageModel model = new TinyModel { Context = 400 }.Open(device);
        TokenTrie trie = TokenTrie.Create(model.Tokenizer);
        Grammar schema = Grammar.FromJsonSchema("""
            {"type":"object","properties":{"a":{"type":"integer","minimum":1,"maximum":99},"b":{"enum":["he","the"]},
             "c":{"type":"array","items":{"type":"boolean"},"maxItems":3}},"required":["a","b","c"]}
            """);
        for (uint seed = 0; seed < 6; seed++)
        {
            var constraint = new GrammarConstraint(schema.For(trie), [2]);
            DecodingPipeline pipeline = DecodingPipeline.Logits.With(constraint).ToProbabilities().Draw(seed);
            var options = new GenerationOptions { MaxTokens = 390, Pipeline = pipeline, StopTokens = [2] };
            GenerationChunk[] chunks = [.. new TextGenerator(model).Generate([1, 260], options)];
            Assert.Equal(FinishReason.Stop, chunks[^1].FinishReason);
            using var document = JsonDocument.Parse(string.Concat(chunks.Select(chunk => chunk.Text)));
            Assert.InRange(document.RootElement.GetProperty("a").GetInt32(), 1, 99);
            Assert.Contains(document.RootElement.GetProperty("b").GetString(), new[] { "he", "the" });
        }
    }

    [Fact]
    public void HealedPromptsGoOnWithTheirLastTokensText()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
        using LanguageModel model = new TinyModel().Open(device);
        TokenTrie trie = TokenTrie.Create(model.Tokenizer);
        int[] prompt = [1, .. model.Tokenizer.Encode("the")[..1], 3 + 'h'];
        (int[] shorter, GrammarConstraint? constraint) = TokenHealing.Heal(model.Tokenizer, trie, prompt, [2]);
        Assert.Equal(prompt[..^1], shorter);
        var firsts = new HashSet<int>();
        for (uint seed = 0; seed < 30; seed++)
        {
            DecodingPipeline pipeline = DecodingPipeline.Logits.With(constraint!).ToProbabilities().Draw(seed);
            GenerationChunk[] chunks = [.. new TextGenerator(model).Generate(shorter, new GenerationOptions { MaxTokens = 4, Pipeline = pipeline, StopTokens = [] })];
            Assert.StartsWith("h", string.Concat(chunks.Select(chunk => chunk.Text)), StringComparison.Ordinal);
            firsts.Add(chunks[0].Token!.Value);
        }

        // "h" itself, its byte, and "he".
        Assert.True(firsts.Count > 1);
    }

    [Fact]
    public void HealedPromptsKeepTheirGrammar()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
        using LanguageModel model = new TinyModel().Open(device);
        TokenTrie trie = TokenTrie.Create(model.Tokenizer);
        foreach (Grammar grammar in new[] { Grammar.FromRegex("[ab]{3}"), Grammar.FromGbnf("root ::= [ab] [ab] [ab]") })
        {
            (int[] shorter, GrammarConstraint? constraint) = TokenHealing.Heal(model.Tokenizer, trie, [1, 3 + 'h'], [], grammar);
            DecodingPipeline pipeline = DecodingPipeline.Logits.With(constraint!).ToProbabilities().Draw(1);
            GenerationChunk[] chunks = [.. new TextGenerator(model).Generate(shorter, new GenerationOptions { MaxTokens = 9, Pipeline = pipeline, StopTokens = [] })];
            Assert.Matches("^h[ab]{3}$", string.Concat(chunks.Select(chunk => chunk.Text)));
        }
    }

    // A mask that was worked out before is looked up: far below the 50 microseconds a token may cost.
    [Fact]
    public void MasksAreRememberedOverLargeVocabularies()
    {
        byte[][] texts = Vocabulary(150_000, 5);
        TokenGrammar grammar = Grammar.Json().For(TokenTrie.Create(texts));
        int[] states = new int[60];
        var random = new Random(2);
        int state = grammar.Start;
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = state;
            int[] allowed = Allowed(grammar, state);
            state = grammar.IsEnd(state) || allowed.Length == 0 ? grammar.Start : grammar.Next(state, allowed[random.Next(allowed.Length)]);
        }

        long started = Stopwatch.GetTimestamp();
        const int Rounds = 100;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (int each in states)
                Assert.Equal(4688, grammar.Mask(each).Length);
        }

        double microseconds = Stopwatch.GetElapsedTime(started).TotalMicroseconds / (Rounds * states.Length);
        Assert.True(microseconds < 50, $"{microseconds:F2} microseconds a mask");
    }

    [Fact]
    public void WrongVocabulariesAreNamed()
    {
        TokenGrammar grammar = Grammar.Json().For(TokenTrie.Create(Vocabulary(50, 1)));
        Assert.Contains("Grammar", Assert.Throws<ArgumentException>(() => new GrammarConstraint(grammar, []).Validate(51)).Message, StringComparison.Ordinal);
    }

    private static int[] Allowed(TokenGrammar grammar, int state)
    {
        ReadOnlySpan<int> mask = grammar.Mask(state).Span;
        var allowed = new List<int>();
        for (int token = 0; token < grammar.Vocabulary; token++)
        {
            if ((mask[token >> 5] >> token & 1) != 0)
                allowed.Add(token);
        }

        return [.. allowed];
    }

    // All bytes, and longer texts of what JSON is made of; some without text.
    private static byte[][] Vocabulary(int size, int seed)
    {
        var random = new Random(seed);
        const string Letters = "{}[]\":, abcdefgh0123456789.-truefalsnl\\é\n";
        return [.. Enumerable.Range(0, size).Select(i => i < 256
            ? new[] { (byte)i }
            : i % 97 == 0 ? [] : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1 + random.Next(7)).Select(_ => Letters[random.Next(Letters.Length)]))))];
    }
}

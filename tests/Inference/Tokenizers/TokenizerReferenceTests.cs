using System.Globalization;
using System.Text;
using System.Text.Json;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Against llama.cpp's published token ids and the reference model's own text.</summary>
public class TokenizerReferenceTests
{
    public static TheoryData<string> Vocabularies => ["gpt-2", "llama-spm", "llama-bpe", "qwen2", "deepseek-coder"];

    [Theory]
    [MemberData(nameof(Vocabularies))]
    [InlineData("bert-bge")]
    public void A_vocabulary_encodes_as_published(string name)
    {
        var (tokenizer, cases) = Cases(name);
        Assert.Equal(47, cases.Length);

        Assert.Multiple([.. cases.Select<(string Text, int[] Tokens), Action>(c => () => Assert.Equal(c.Tokens, tokenizer.Encode(c.Text)))]);
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void A_vocabulary_decodes_to_the_same_text(string name)
    {
        var (tokenizer, cases) = Cases(name);

        Assert.All(cases, c => Assert.Equal(c.Text, tokenizer.Decode(c.Tokens)));
        Assert.All(cases, c => Assert.Equal(c.Text, StreamingDecoderTests.Stream(tokenizer, c.Tokens)));
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void Offsets_cover_the_text(string name)
    {
        var (tokenizer, cases) = Cases(name);

        Assert.All(cases, c =>
        {
            var tokens = tokenizer.EncodeWithOffsets(c.Text);
            Assert.Equal(c.Tokens, tokens.Select(token => token.Id));
            Assert.Equal(c.Text.Length, tokens.Count == 0 ? 0 : tokens[^1].End);
            for (int i = 0; i < tokens.Count; i++)
            {
                Assert.InRange(tokens[i].Start, 0, i == 0 ? 0 : tokens[i - 1].End);
                string part = c.Text[tokens[i].Start..tokens[i].End];
                string decoded = tokenizer.Decode([c.Tokens[i]], atTextStart: i == 0);
                Assert.True(part == decoded || decoded.Contains('\uFFFD', StringComparison.Ordinal), $"'{c.Text}': '{part}' and '{decoded}'");
            }
        });
    }

    [Fact]
    public void The_reference_model_speaks_its_published_text()
    {
        string json = ReferenceFiles.Require("models", "stories260k-greedy.json");
        using var file = GgufFile.Open(ReferenceFiles.Require("models", "stories260k-f32.gguf"));
        var tokenizer = TokenizerFactory.Create(file);
        using var greedy = JsonDocument.Parse(File.ReadAllText(json));
        int[] promptTokens = Ints(greedy.RootElement.GetProperty("prompt_tokens"));
        int[] tokens = Ints(greedy.RootElement.GetProperty("tokens"));

        Assert.Equal(promptTokens, tokenizer.Encode(greedy.RootElement.GetProperty("prompt").GetString(), addBos: true));
        string text = tokenizer.Decode(tokens);
        Assert.StartsWith("Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. "
            + "She wanted to play with it, but it was too high.\n", text, StringComparison.Ordinal);
        Assert.EndsWith("Her mom said, \"Don't worry, Lily. We can help you.", text, StringComparison.Ordinal);
        Assert.Equal(text, StreamingDecoderTests.Stream(tokenizer, tokens));

        string rest = StreamingDecoderTests.Stream(tokenizer, tokens[promptTokens.Length..], atTextStart: false);
        Assert.Equal(text, greedy.RootElement.GetProperty("prompt").GetString() + rest);
    }

    private static (Tokenizer Tokenizer, (string Text, int[] Tokens)[] Cases) Cases(string name)
    {
        string path = ReferenceFiles.Require("tokenizers", $"ggml-vocab-{name}.gguf");
        using var file = GgufFile.Open(path);
        string[] texts = File.ReadAllText(path + ".inp", Encoding.UTF8).Split("\n__ggml_vocab_test__\n");
        var tokens = File.ReadAllText(path + ".out").Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray());
        return (TokenizerFactory.Create(file), [.. texts.Zip(tokens)]);
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Against llama.cpp's published token ids and the reference model's own text.</summary>
public class SentencePieceReferenceTests
{
    [Fact]
    public void The_llama_vocabulary_encodes_as_published()
    {
        var (tokenizer, cases) = LlamaCases();
        Assert.Equal(32000, tokenizer.VocabularySize);
        Assert.Equal(47, cases.Length);

        Assert.Multiple([.. cases.Select<(string Text, int[] Tokens), Action>(c => () => Assert.Equal(c.Tokens, tokenizer.Encode(c.Text)))]);
    }

    [Fact]
    public void The_llama_vocabulary_decodes_to_the_same_text()
    {
        var (tokenizer, cases) = LlamaCases();

        Assert.All(cases, c => Assert.Equal(c.Text, tokenizer.Decode(c.Tokens)));
        Assert.All(cases, c => Assert.Equal(c.Text, StreamingDecoderTests.Stream(tokenizer, c.Tokens)));
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

    private static (Tokenizer Tokenizer, (string Text, int[] Tokens)[] Cases) LlamaCases()
    {
        string path = ReferenceFiles.Require("tokenizers", "ggml-vocab-llama-spm.gguf");
        using var file = GgufFile.Open(path);
        string[] texts = File.ReadAllText(path + ".inp", Encoding.UTF8).Split("\n__ggml_vocab_test__\n");
        var tokens = File.ReadAllText(path + ".out").Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray());
        return (TokenizerFactory.Create(file), [.. texts.Zip(tokens)]);
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}

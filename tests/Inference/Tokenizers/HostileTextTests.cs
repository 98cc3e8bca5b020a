using System.Diagnostics;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Texts that make careless tokenizers take the square of their length: a million characters must take seconds at most.</summary>
public class HostileTextTests
{
    private const int Length = 1_000_000;

    // The square of a million steps takes minutes; a Debug build on a busy machine takes a second or two for the texts here.
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(30);

    private static readonly string[] s_kinds = ["spaces", "a", "letters", "digits", "newlines", "marks", "combining", "han"];

    public static TheoryData<string> Vocabularies => ["gpt-2", "llama-spm", "llama-bpe", "qwen2", "deepseek-coder", "bert-bge"];

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void A_million_characters_take_time_in_proportion(string name)
    {
        using var file = GgufFile.Open(ReferenceFiles.Require("tokenizers", $"ggml-vocab-{name}.gguf"));
        var tokenizer = TokenizerFactory.Create(file);
        foreach (string kind in s_kinds)
            Check(tokenizer, kind, decodes: name != "bert-bge");
    }

    [Theory]
    [InlineData("spaces")]
    [InlineData("a")]
    [InlineData("letters")]
    public void Every_family_of_pre_tokenizers_takes_time_in_proportion(string kind)
    {
        foreach (var family in PreTokenizerFamilies.All)
            Check(BpeTrainer.Train(["aaaaaaaaaaaaaaaa          the end"], new BpeTrainingOptions { VocabularySize = 280, PreTokenizer = family.Names[0] }), kind, decodes: true);
    }

    [Theory]
    [InlineData("spaces")]
    [InlineData("a")]
    [InlineData("letters")]
    public void A_unigram_model_takes_time_in_proportion(string kind) =>
        Check(UnigramTrainer.Train(["aaaa aa aaaaaaaa the end", "aaaaaaaa bb ccc"], new UnigramTrainingOptions { VocabularySize = 290 }), kind, decodes: true);

    private static void Check(Tokenizer tokenizer, string kind, bool decodes)
    {
        string text = Text(kind);
        long started = Stopwatch.GetTimestamp();
        int[] tokens = tokenizer.Encode(text);
        var time = Stopwatch.GetElapsedTime(started);

        Assert.True(time < s_most, $"{time} for {kind}");
        if (decodes)
            Assert.True(tokenizer.Decode(tokens) == text, $"'{kind}' does not decode to itself.");
    }

    private static string Text(string kind)
    {
        var random = new Random(1);
        return kind switch
        {
            "spaces" => new string(' ', Length) + "x",
            "a" => new string('a', Length),
            "letters" => string.Create(Length, random, (span, draw) =>
            {
                foreach (ref char c in span)
                    c = (char)('a' + draw.Next(26));
            }),
            "digits" => new string('7', Length),
            "newlines" => new string('\n', Length) + " \n x",
            "marks" => new string('-', Length),
            "combining" => "e" + new string('\u0301', Length),
            _ => new string('中', Length),
        };
    }
}

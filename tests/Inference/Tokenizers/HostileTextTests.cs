using System.Diagnostics;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>
/// Texts that make careless tokenizers take the square of their length: a million characters must take seconds at most, and sixteen times as many not nearly sixteen times sixteen times as long.
/// </summary>
public class HostileTextTests
{
    private const int Length = 1_000_000;

    // The square of a million steps takes minutes; a Debug build on a busy machine takes a second or two for the texts here.
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(30);

    // Sixteen times the text takes sixteen times as long, three or four times that where a heap no longer fits a busy machine's cache, and 256 times where each
    // step looks at all the others.
    private const int Times = 16, MostRatio = 120, Attempts = 5;

    private static readonly string[] s_kinds = ["spaces", "a", "letters", "mixed", "digits", "newlines", "marks", "combining", "han"];

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
    [InlineData("mixed")]
    public void Every_family_of_pre_tokenizers_takes_time_in_proportion(string kind)
    {
        foreach (var family in PreTokenizerFamilies.All)
            Check(BpeTrainer.Train(["aaaaaaaaaaaaaaaa          the end"], new BpeTrainingOptions { VocabularySize = 280, PreTokenizer = family.Names[0] }), kind, decodes: true);
    }

    [Theory]
    [InlineData("spaces")]
    [InlineData("a")]
    [InlineData("letters")]
    [InlineData("mixed")]
    public void A_unigram_model_takes_time_in_proportion(string kind) =>
        Check(UnigramTrainer.Train(["aaaa aa aaaaaaaa the end", "aaaaaaaa bb ccc"], new UnigramTrainingOptions { VocabularySize = 290 }), kind, decodes: true);

    private static void Check(Tokenizer tokenizer, string kind, bool decodes)
    {
        string text = Text(kind, Length), beginning = Text(kind, Length / Times);
        TimeSpan whole = Time(tokenizer, text, out int[] tokens);
        Assert.True(whole < s_most, $"{whole} for {kind}");

        // A busy machine slows either down; both are taken at their best, and again if need be.
        TimeSpan part = Time(tokenizer, beginning, out _);
        for (int attempt = 1; attempt < Attempts && whole > MostRatio * part; attempt++)
        {
            whole = Least(whole, Time(tokenizer, text, out _));
            part = Least(part, Time(tokenizer, beginning, out _));
        }

        Assert.True(whole <= MostRatio * part + TimeSpan.FromMilliseconds(30), $"{kind}: {part} for {beginning.Length} characters and {whole} for {text.Length}");
        if (decodes)
            Assert.True(tokenizer.Decode(tokens) == text, $"'{kind}' does not decode to itself.");
    }

    private static TimeSpan Time(Tokenizer tokenizer, string text, out int[] tokens)
    {
        long started = Stopwatch.GetTimestamp();
        tokens = tokenizer.Encode(text);
        return Stopwatch.GetElapsedTime(started);
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static string Text(string kind, int length)
    {
        var random = new Random(1);
        return kind switch
        {
            "spaces" => new string(' ', length) + "x",
            "a" => new string('a', length),
            "letters" => string.Create(length, random, (span, draw) =>
            {
                foreach (ref char c in span)
                    c = (char)('a' + draw.Next(26));
            }),
            "mixed" => string.Create(length, random, (span, draw) =>
            {
                for (int i = 0; i < span.Length; i++)
                    span[i] = " a'1-\n中,Zé"[draw.Next(10)];
                span[^1] = 'x';
            }),
            "digits" => new string('7', length),
            "newlines" => new string('\n', length) + " \n x",
            "marks" => new string('-', length),
            "combining" => "e" + new string('\u0301', length),
            _ => new string('中', length),
        };
    }
}

using System.Text;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.Tokenizers;

public class BpeTrainerTests
{
    private const int Bytes = 256;

    [Fact]
    public void The_most_frequent_pair_merges_first_and_the_lowest_of_equals()
    {
        // a b: 3; then d e and ab c, 2 each, of which d e has the lower left id.
        var tokenizer = BpeTrainer.Train(["ab", "abc", "abc", "de", "de"], new BpeTrainingOptions { VocabularySize = 300, SpecialTokens = [] });

        Assert.Equal(["ab", "de", "abc"], Learnt(tokenizer, 0));
        Assert.Equal([Bytes + 2], tokenizer.Encode("abc"));
        Assert.Equal(Bytes + 3, tokenizer.VocabularySize);
    }

    [Fact]
    public void Words_are_cut_by_the_pre_tokenizer_named()
    {
        string[] texts = ["x 1234 1234 1234"];

        var threes = Learnt(BpeTrainer.Train(texts, new BpeTrainingOptions { VocabularySize = 300, PreTokenizer = "llama3" }), 1);
        var single = Learnt(BpeTrainer.Train(texts, new BpeTrainingOptions { VocabularySize = 300, PreTokenizer = "qwen2" }), 1);

        Assert.Equal(["12", "123"], threes);
        Assert.Empty(single);
    }

    [Fact]
    public void Training_agrees_with_the_definition_on_random_texts()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            string[] texts = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => "aab é "[random.Next(6)])))];
            int minimum = random.Next(1, 4);
            var tokenizer = BpeTrainer.Train(texts, new BpeTrainingOptions { VocabularySize = Bytes + 40, SpecialTokens = [], MinimumPairCount = minimum });

            var expected = Train(texts, 40, minimum);
            var learnt = Enumerable.Range(Bytes, tokenizer.VocabularySize - Bytes).Select(id => Hex(tokenizer, id)).ToArray();
            Assert.True(expected.SequenceEqual(learnt), $"Seed {seed}, round {round}: {string.Join('|', texts)}: {string.Join(' ', expected)}; {string.Join(' ', learnt)}");
            foreach (string text in texts)
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void Any_text_encodes_and_decodes()
    {
        var tokenizer = BpeTrainer.Train(["the cat sat on the mat, the cat"], new BpeTrainingOptions { VocabularySize = 280 });
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            string text = DrawnText.Next(random, random.Next(40));
            Assert.True(tokenizer.Decode(tokenizer.Encode(text)) == text, $"Seed {seed}, round {round}: '{text}'");
        }
    }

    [Fact]
    public void Special_tokens_have_the_first_ids_and_are_never_learnt()
    {
        var tokenizer = BpeTrainer.Train(["<s> <s> <s>"], new BpeTrainingOptions { VocabularySize = 300, SpecialTokens = ["<s>", "</s>"], BosToken = "<s>", EosToken = "</s>" });

        Assert.Equal((0, 1, true), (tokenizer.BosId, tokenizer.EosId, tokenizer.AddBos));
        Assert.Equal([0, 2 + 'x', 1], tokenizer.Encode("<s>x</s>", parseSpecial: true));
        Assert.DoesNotContain(0, tokenizer.Encode("<s>"));
        Assert.Equal("x", tokenizer.Decode([0, 2 + 'x', 1]));
    }

    [Fact]
    public void A_trained_tokenizer_survives_gguf()
    {
        var trained = BpeTrainer.Train(Enumerable.Repeat("some words, some other words: 1234 été", 10), new BpeTrainingOptions { VocabularySize = 320, PreTokenizer = "llama3" });
        var writer = new GgufWriter();
        GgufTokenizerWriter.Write(trained, writer);
        using var stream = new MemoryStream();
        writer.Write(stream, (_, _) => { });

        using var file = new GgufFile(stream.ToArray());
        var read = TokenizerFactory.Create(file);

        Assert.Equal(trained.VocabularySize, read.VocabularySize);
        foreach (string text in new[] { "some words été 12345", "<|endoftext|> Some\n\n  other\tword" })
            Assert.Equal(trained.Encode(text, parseSpecial: true), read.Encode(text, parseSpecial: true));
        Assert.Equal((trained.EosId, trained.AddBos), (read.EosId, read.AddBos));
    }

    [Theory]
    [InlineData(256, "gpt-2")]
    [InlineData(300, "no-such")]
    public void Wrong_options_are_refused(int size, string pre) => Assert.ThrowsAny<ArgumentException>(
        () => BpeTrainer.Train(["x"], new BpeTrainingOptions { VocabularySize = size, PreTokenizer = pre }));

    private static string[] Learnt(Tokenizer tokenizer, int special) =>
        [.. Enumerable.Range(special + Bytes, tokenizer.VocabularySize - special - Bytes).Select(id => tokenizer.Decode([id], atTextStart: false))];

    private static string Hex(Tokenizer tokenizer, int id) => Convert.ToHexString(tokenizer.Parts.Decoded[id]);

    /// <summary>The definition: count all pairs of all words, merge the most frequent everywhere, again.</summary>
    private static List<string> Train(string[] texts, int most, int minimum)
    {
        var regex = new System.Text.RegularExpressions.Regex(@" ?\p{L}+|\s+(?!\S)|\s+");
        var words = texts.SelectMany(text => regex.Matches(text).Select(match => Encoding.UTF8.GetBytes(match.Value).Select(b => (int)b).ToList())).ToList();
        var texts256 = Enumerable.Range(0, Bytes).Select(b => new[] { (byte)b }).ToList();
        while (texts256.Count < Bytes + most)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair).Select(group => (group.Key, Count: group.Count()))
                .OrderByDescending(pair => pair.Count).ThenBy(pair => pair.Key.First).ThenBy(pair => pair.Key.Second).FirstOrDefault();
            // A pair that overlaps itself, as in aaa, is counted at each of its places, as it is in the trainer.
            if (best.Count < minimum)
                break;
            foreach (var word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] != best.Key.First || word[i + 1] != best.Key.Second)
                        continue;
                    word[i] = texts256.Count;
                    word.RemoveAt(i + 1);
                }
            }

            texts256.Add([.. texts256[best.Key.First], .. texts256[best.Key.Second]]);
        }

        return [.. texts256.Skip(Bytes).Select(Convert.ToHexString)];
    }
}

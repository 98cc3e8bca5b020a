using System.Text;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.Tokenizers;

public class UnigramTests
{
    [Fact]
    public void The_most_probable_way_is_found_on_random_vocabularies()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            var vocabulary = Vocabulary().With("tokenizer.ggml.add_space_prefix", false);
            for (int i = 0; i < 20; i++)
                vocabulary.Add(Text(random.Next(1, 5)), -random.Next(1, 400) / 16f);
            var tokenizer = vocabulary.Create();
            for (int i = 0; i < 20; i++)
            {
                string text = Text(random.Next(1, 12));
                // A character without a piece costs 10 more than the rarest piece, and becomes its bytes.
                double unknown = vocabulary.Scores.Skip(TestVocabulary.FirstPiece).Min() - 10;
                double found = tokenizer.Encode(text).Sum(id => id >= TestVocabulary.FirstPiece ? vocabulary.Scores[id]
                    : id - TestVocabulary.FirstByte is >= 0x80 and < 0xC0 ? 0 : unknown);
                double best = Best(text, vocabulary, unknown);
                Assert.True(Math.Abs(best - found) < 1e-9, $"Seed {seed}, round {round}: '{text}': {found}, not {best}.");
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
            }
        }

        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "abé"[random.Next(3)]));
    }

    [Fact]
    public void Of_equals_the_one_with_the_longest_last_token_is_found()
    {
        var tokenizer = Vocabulary().With("tokenizer.ggml.add_space_prefix", false).Add("a", -1).Add("aa", -1).Create();

        Assert.Equal([TestVocabulary.FirstPiece, TestVocabulary.FirstPiece + 1], tokenizer.Encode("aaa"));
    }

    [Fact]
    public void Unknown_text_that_stands_together_is_one_token_without_bytes()
    {
        var vocabulary = Vocabulary().With("tokenizer.ggml.add_space_prefix", false).With("tokenizer.ggml.unknown_token_id", 0u).Add("a", -1);
        for (int i = 0; i < vocabulary.Types.Count; i++)
            vocabulary.Types[i] = vocabulary.Types[i] == (int)TokenType.Byte ? (int)TokenType.Unused : vocabulary.Types[i];

        Assert.Equal([TestVocabulary.FirstPiece, 0, TestVocabulary.FirstPiece], vocabulary.Create().Encode("axyéa"));
    }

    [Fact]
    public void Extra_spaces_go_where_the_model_says_so()
    {
        var tokenizer = Vocabulary().With("tokenizer.ggml.remove_extra_whitespaces", true).Add("▁a", -1).Add("▁", -5).Create();

        Assert.Equal([TestVocabulary.FirstPiece, TestVocabulary.FirstPiece], tokenizer.Encode("  a   a "));
    }

    [Fact]
    public void A_trained_tokenizer_encodes_any_text_and_survives_both_files()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"the cat number {i} sat on the other mat, étude {i % 7}")];
        var trained = UnigramTrainer.Train(texts, new UnigramTrainingOptions { VocabularySize = 340 });
        Assert.InRange(trained.VocabularySize, 300, 340);
        Assert.Contains("▁the", Enumerable.Range(0, trained.VocabularySize).Select(id => Encoding.UTF8.GetString(trained.Vocabulary.Text(id))));
        var writer = new GgufWriter();
        GgufTokenizerWriter.Write(trained, writer);
        using var gguf = new MemoryStream();
        writer.Write(gguf, (_, _) => { });
        using var file = new GgufFile(gguf.ToArray());
        using var json = new MemoryStream();
        TokenizerJsonWriter.Write(trained, json);
        Tokenizer[] read = [TokenizerFactory.Create(file), TokenizerFactory.ReadJson(json.ToArray())];

        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            string text = round < texts.Length ? texts[round] : DrawnText.Next(random, random.Next(30)).Replace("▁", "", StringComparison.Ordinal);
            int[] tokens = trained.Encode(text);
            Assert.True(trained.Decode(tokens) == text, $"Seed {seed}: '{text}'");
            Assert.All(read, each => Assert.Equal(tokens, each.Encode(text)));
            Assert.All(read, each => Assert.Equal(text, each.Decode(tokens)));
        }
    }

    [Fact]
    public void Training_twice_gives_the_same_and_uses_the_text_well()
    {
        var random = new Random(5);
        string[] words = [.. Enumerable.Range(0, 300).Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 9)).Select(_ => "etaoinshr"[random.Next(9)])))];
        string[] texts = [.. Enumerable.Range(0, 100).Select(_ => string.Join(' ', Enumerable.Range(0, 50).Select(_ => words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))])))];
        Tokenizer Train(int size) => UnigramTrainer.Train(texts, new UnigramTrainingOptions { VocabularySize = size, ByteFallback = false });
        Tokenizer first = Train(200), second = Train(200), larger = Train(400);

        Assert.Equal(Enumerable.Range(0, 200).Select(id => Encoding.UTF8.GetString(first.Vocabulary.Text(id))), Enumerable.Range(0, 200).Select(id => Encoding.UTF8.GetString(second.Vocabulary.Text(id))));
        // The most frequent words are tokens, and more tokens make shorter sequences.
        Assert.All(words[..3], word => Assert.Single(first.Encode(word)));
        Assert.True(texts.Sum(text => larger.Encode(text).Length) < texts.Sum(text => first.Encode(text).Length));
    }

    private static TestVocabulary Vocabulary() => new TestVocabulary().With("tokenizer.ggml.model", "t5").With("tokenizer.ggml.eos_token_id", 2u);

    private static double Best(string text, TestVocabulary vocabulary, double unknown)
    {
        if (text.Length == 0)
            return 0;
        double best = vocabulary.Tokens.Contains(text[..1]) ? double.NegativeInfinity : unknown + Best(text[1..], vocabulary, unknown);
        for (int id = TestVocabulary.FirstPiece; id < vocabulary.Tokens.Count; id++)
        {
            // Of tokens with one text the first counts.
            if (text.StartsWith(vocabulary.Tokens[id], StringComparison.Ordinal) && vocabulary.Tokens.IndexOf(vocabulary.Tokens[id]) == id)
                best = Math.Max(best, vocabulary.Scores[id] + Best(text[vocabulary.Tokens[id].Length..], vocabulary, unknown));
        }

        return best;
    }
}

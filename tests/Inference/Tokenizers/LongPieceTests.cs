using System.Text;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Models;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Pieces of many words, merged as the definition says: of all pairs that merge, the one of the lowest rank first, the leftmost of equals.</summary>
public class LongPieceTests
{
    private static readonly string[] s_words = ["the", "quick", "brown", "fox", "jumps", "over", "lazy", "dog", "a", "hill", "and", "then", "rests", "aaaa", "zzzz", "é", "日本"];

    [Theory]
    [InlineData("gpt-2", "superbpe")]
    [InlineData("superbpe", "superbpe")]
    [InlineData("superbpe", "gpt-2")]
    public void AllPiecesMergeAsTheDefinitionSays(string trainedAs, string usedAs)
    {
        var random = new Random(RandomSeed.Next());
        string[] lines = [.. Enumerable.Range(0, 200).Select(_ => Line(random, 12))];
        Tokenizer trained = BpeTrainer.Train(lines, new BpeTrainingOptions { VocabularySize = 500, PreTokenizer = trainedAs });
        Tokenizer pieces = BpeTrainer.Train(["x"], new BpeTrainingOptions { VocabularySize = 257, PreTokenizer = usedAs });
        var tokenizer = new Tokenizer(trained.Parts with { Splitters = pieces.Parts.Splitters });
        MergeTable merges = ((BpeModel)trained.Parts.Model).Merges;
        bool isWhole = usedAs == "superbpe";
        for (int i = 0; i < 40; i++)
        {
            string text = Line(random, 60);
            IEnumerable<int> expected = isWhole ? Merged(merges, tokenizer, text) : [];
            int[] found = tokenizer.Encode(text);
            if (isWhole)
                Assert.Equal(expected, found);
            Assert.Equal(text, tokenizer.Decode(found));

            // The ends of tokens are those of their bytes in the text.
            IReadOnlyList<EncodedToken> placed = tokenizer.EncodeWithOffsets(text);
            Assert.Equal(found, placed.Select(token => token.Id));
            Assert.Equal(text.Length, placed[^1].End);
            Assert.All(placed.Zip(placed.Skip(1)), pair => Assert.True(pair.First.Start <= pair.Second.Start && pair.First.End <= pair.Second.End));
        }
    }

    /// <summary>Few letters, so that pairs overlap and ties are many; pieces of all lengths, with origins of tokens and by rank.</summary>
    [Theory]
    [InlineData("ab", 300)]
    [InlineData("aab ", 320)]
    [InlineData("abc  ", 600)]
    [InlineData("aaaaaaab", 280)]
    public void OriginsOfTokensGiveWhatMergingGives(string letters, int size)
    {
        var random = new Random(RandomSeed.Next());
        Tokenizer trained = BpeTrainer.Train([.. Enumerable.Range(0, 100).Select(_ => Letters(random, letters, 100))], new BpeTrainingOptions { VocabularySize = size, PreTokenizer = "superbpe" });
        MergeTable merges = ((BpeModel)trained.Parts.Model).Merges;
        int[] bytes = ByteTokens(trained);
        TokenOrigins? origins = TokenOrigins.TryCreate(merges, trained.Parts.Decoded, bytes);
        Assert.NotNull(origins);
        for (int i = 0; i < 500; i++)
            Compare(origins, merges, bytes, Letters(random, letters, 1 + random.Next(300)));
    }

    /// <summary>Merges in an order that no trainer gives, so that tokens come before their parts, or parts that merge otherwise before them.</summary>
    [Fact]
    public void OriginsOfTokensGiveWhatMergingGivesInAnyOrderOrSayNothing()
    {
        var random = new Random(RandomSeed.Next());
        Tokenizer trained = BpeTrainer.Train([.. Enumerable.Range(0, 100).Select(_ => Letters(random, "abc ", 100))], new BpeTrainingOptions { VocabularySize = 400, PreTokenizer = "superbpe" });
        (int Left, int Right)[] pairs = [.. ((BpeModel)trained.Parts.Model).Merges.InOrder()];
        int[] bytes = ByteTokens(trained);
        int known = 0;
        for (int i = 0; i < 200; i++)
        {
            MergeTable merges = new(pairs.Length), given = ((BpeModel)trained.Parts.Model).Merges;
            (int Left, int Right)[] moved = [.. pairs];
            for (int swaps = random.Next(8); swaps > 0; swaps--)
            {
                int at = random.Next(moved.Length - 1);
                (moved[at], moved[at + 1]) = (moved[at + 1], moved[at]);
            }

            for (int rank = 0; rank < moved.Length; rank++)
            {
                given.Find(moved[rank].Left, moved[rank].Right, out int merged);
                merges.Add(moved[rank].Left, moved[rank].Right, rank, merged);
            }

            if (TokenOrigins.TryCreate(merges, trained.Parts.Decoded, bytes) is not { } origins)
                continue;
            known++;
            for (int j = 0; j < 20; j++)
                Compare(origins, merges, bytes, Letters(random, "abc ", 1 + random.Next(100)));
        }

        Assert.True(known > 0);
    }

    /// <summary>A text long enough that the origins of tokens come to be known, and the same before they are.</summary>
    [Fact]
    public void ManyLongPiecesAreEncodedAsTheFirst()
    {
        var random = new Random(RandomSeed.Next());
        string[] lines = [.. Enumerable.Range(0, 200).Select(_ => Line(random, 12))];
        Tokenizer tokenizer = BpeTrainer.Train(lines, new BpeTrainingOptions { VocabularySize = 500, PreTokenizer = "superbpe" });
        string text = Line(random, 200);
        int[] first = tokenizer.Encode(text), last = first;
        for (int bytes = 0; bytes < 100_000; bytes += text.Length)
            last = tokenizer.Encode(text);
        Assert.Equal(first, last);
        Assert.Equal(text, tokenizer.Decode(last));
    }

    private static void Compare(TokenOrigins origins, MergeTable merges, int[] bytes, string text)
    {
        byte[] piece = Encoding.UTF8.GetBytes(text);
        int[] ids = [.. piece.Select(value => bytes[value])], ends = [.. Enumerable.Range(1, piece.Length)];
        int count = SymbolMerger.Merge(merges, ids, ends);
        int[] found = new int[piece.Length], foundEnds = new int[piece.Length];
        int foundCount = origins.Encode(piece, found, foundEnds);
        Assert.Equal(ids[..count], found[..foundCount]);
        Assert.Equal(ends[..count], foundEnds[..foundCount]);
    }

    private static int[] ByteTokens(Tokenizer tokenizer) => [.. Enumerable.Range(0, 256).Select(value => tokenizer.Vocabulary.Find([.. Encoding.UTF8.GetBytes(Letter((byte)value))]))];

    private static string Letters(Random random, string letters, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => letters[random.Next(letters.Length)]));

    private static string Line(Random random, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => s_words[random.Next(s_words.Length)] + (random.Next(6) == 0 ? "," : "")));

    private static List<int> Merged(MergeTable merges, Tokenizer tokenizer, string text)
    {
        List<int> ids = [.. Encoding.UTF8.GetBytes(text).Select(b => tokenizer.Vocabulary.Find([.. Encoding.UTF8.GetBytes(Letter(b))]))];
        while (true)
        {
            int best = -1, rank = MergeTable.None, into = -1;
            for (int i = 0; i + 1 < ids.Count; i++)
            {
                int found = merges.Find(ids[i], ids[i + 1], out int merged);
                if (found < rank)
                    (best, rank, into) = (i, found, merged);
            }

            if (best < 0)
                return ids;
            ids[best] = into;
            ids.RemoveAt(best + 1);
        }
    }

    // GPT-2's letter of a byte: itself where it is printable, else the next free letter from U+0100 on.
    private static string Letter(byte value)
    {
        bool isPrintable = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
        int hidden = Enumerable.Range(0, value).Count(b => b is not ((>= 33 and <= 126) or (>= 161 and <= 172) or >= 174));
        return $"{(char)(isPrintable ? value : 256 + hidden)}";
    }
}

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

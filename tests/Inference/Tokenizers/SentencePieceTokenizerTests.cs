using System.Text;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

public class SentencePieceTokenizerTests
{
    private const int Piece = TestVocabulary.FirstPiece;
    private const int Byte = TestVocabulary.FirstByte;

    [Fact]
    public void The_best_score_merges_first_and_the_leftmost_of_equals()
    {
        var tokenizer = new TestVocabulary { Metadata = { ["tokenizer.ggml.add_space_prefix"] = false } }
            .Add("a", -9).Add("b", -9).Add("c", -9).Add("ab", -2).Add("bc", -1).Add("aa", -1).Create();

        Assert.Equal([Piece, Piece + 4], tokenizer.Encode("abc"));
        Assert.Equal([Piece + 5, Piece], tokenizer.Encode("aaa"));
        Assert.Equal([Piece + 5, Piece + 5], tokenizer.Encode("aaaa"));
    }

    [Theory]
    [InlineData(true, "▁a", "a")]
    [InlineData(true, "▁▁a", " a")]
    [InlineData(false, "a", "a")]
    [InlineData(false, "▁a", " a")]
    public void A_space_is_put_first_only_where_the_model_says_so(bool prefix, string pieces, string text)
    {
        var tokenizer = new TestVocabulary().With("tokenizer.ggml.add_space_prefix", prefix).Pieces("a", "▁").Create();

        int[] tokens = tokenizer.Encode(text);

        Assert.Equal(pieces.Select(c => c == 'a' ? Piece : Piece + 1), tokens);
        Assert.Equal(text, tokenizer.Decode(tokens));
    }

    [Fact]
    public void Text_outside_the_vocabulary_becomes_bytes()
    {
        var tokenizer = new TestVocabulary().With("tokenizer.ggml.add_space_prefix", false).Pieces("a").Create();

        int[] tokens = tokenizer.Encode("a🦙é");

        Assert.Equal([Piece, .. Encoding.UTF8.GetBytes("🦙é").Select(b => Byte + b)], tokens);
        Assert.Equal("a🦙é", tokenizer.Decode(tokens));
    }

    [Fact]
    public void Bytes_without_a_token_become_unknown()
    {
        var vocabulary = new TestVocabulary().With("tokenizer.ggml.add_space_prefix", false).Pieces("a");
        vocabulary.Tokens[Byte + 'z'] = "zed";
        vocabulary.Types[Byte + 'z'] = (int)TokenType.Normal;
        var tokenizer = vocabulary.Create();

        Assert.Equal([Piece, 0, Byte + 'y'], tokenizer.Encode("azy"));
        Assert.Equal("ay", tokenizer.Decode([Piece, 0, Byte + 'y']));
        Assert.Equal("a<unk>y", tokenizer.Decode([Piece, 0, Byte + 'y'], includeSpecial: true));
    }

    [Fact]
    public void A_lone_surrogate_is_encoded_as_the_replacement_character()
    {
        var tokenizer = new TestVocabulary().Pieces("▁", "a").Create();
        foreach (string text in new[] { "\uD800", "\uDC00", "a\uD83E", "\uDD99\uD83E" })
        {
            string replaced = string.Concat(text.Select(c => char.IsSurrogate(c) ? '\uFFFD' : c));

            Assert.Equal(tokenizer.Encode(replaced), tokenizer.Encode(text));
            Assert.Equal(replaced, tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void The_empty_text_has_no_tokens()
    {
        var tokenizer = new TestVocabulary().Pieces("▁").Create();

        Assert.Empty(tokenizer.Encode(""));
        Assert.Equal([1], tokenizer.Encode("", addBos: true));
        Assert.Equal("", tokenizer.Decode([]));
        Assert.Equal("", tokenizer.Decode([1]));
    }

    [Fact]
    public void Control_tokens_are_read_only_when_asked_for()
    {
        // The pieces </ and s> would merge into the text of the control token.
        var tokenizer = new TestVocabulary().Pieces("a", "</", "s>", "<", "/", "s", ">", "▁").Create();
        int space = Piece + 7;

        Assert.Equal([space, Piece, Piece + 1, Piece + 2], tokenizer.Encode("a</s>"));
        Assert.Equal([space, Piece, 2, space, Piece], tokenizer.Encode("a</s>a", parseSpecial: true));
        Assert.Equal([1, 2, 1], tokenizer.Encode("</s><s>", addBos: true, parseSpecial: true));
        Assert.Equal("aa", tokenizer.Decode([space, Piece, 2, Piece]));
        Assert.Equal("a</s>a", tokenizer.Decode([space, Piece, 2, Piece], includeSpecial: true));
        Assert.DoesNotContain(Byte + 10, tokenizer.Encode("<0x0A>", parseSpecial: true));
    }

    [Fact]
    public void User_defined_tokens_are_always_one_token_and_the_longest_wins()
    {
        var tokenizer = new TestVocabulary().With("tokenizer.ggml.add_space_prefix", false).Pieces("a", "x")
            .Add("ax", 0, TokenType.UserDefined).Add("ax a", 0, TokenType.UserDefined).Add("  ", 0, TokenType.UserDefined).Create();

        Assert.Equal([Piece, Piece + 2], tokenizer.Encode("aax"));
        Assert.Equal([Piece + 3, Piece], tokenizer.Encode("ax aa"));
        Assert.Equal([Piece, Piece + 4, Piece], tokenizer.Encode("a  a"));
        Assert.Equal("a  ax a", tokenizer.Decode([Piece, Piece + 4, Piece + 3]));
    }

    [Fact]
    public void Of_tokens_with_one_text_the_first_is_used()
    {
        var tokenizer = new TestVocabulary().With("tokenizer.ggml.add_space_prefix", false).Pieces("a", "a").Create();

        Assert.Equal([Piece], tokenizer.Encode("a"));
        Assert.Equal("aa", tokenizer.Decode([Piece, Piece + 1]));
        Assert.Equal(Piece, tokenizer.Vocabulary.Find("a"u8));
    }

    [Fact]
    public void Special_ids_and_wishes_are_read_or_default()
    {
        var plain = new TestVocabulary().Create();
        Assert.Equal((1, 2, 0, true, false), (plain.BosId, plain.EosId, plain.UnknownId, plain.AddBos, plain.AddEos));

        var other = new TestVocabulary().With("tokenizer.ggml.bos_token_id", 5u).With("tokenizer.ggml.eos_token_id", 6u)
            .With("tokenizer.ggml.unknown_token_id", 7u).With("tokenizer.ggml.add_bos_token", false).With("tokenizer.ggml.add_eos_token", true).Create();
        Assert.Equal((5, 6, 7, false, true), (other.BosId, other.EosId, other.UnknownId, other.AddBos, other.AddEos));
        Assert.Equal(259, other.VocabularySize);
        Assert.Equal("</s>"u8.ToArray(), other.Vocabulary.Text(2).ToArray());
        Assert.Equal(TokenType.Control, other.Vocabulary.Type(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => other.Decode([259]));
        Assert.Throws<ArgumentOutOfRangeException>(() => other.Decode([-1]));
    }

    [Fact]
    public void A_small_vocabulary_may_lack_bos()
    {
        var vocabulary = new TestVocabulary();
        vocabulary.Tokens.RemoveRange(1, 258);
        vocabulary.Scores.RemoveRange(1, 258);
        vocabulary.Types.RemoveRange(1, 258);
        var tokenizer = vocabulary.Create();

        Assert.Null(tokenizer.BosId);
        Assert.Equal([0, 0], tokenizer.Encode("x"));
        Assert.Throws<InvalidOperationException>(() => tokenizer.Encode("x", addBos: true));
    }

    [Fact]
    public void A_million_characters_of_one_letter_encode()
    {
        string[] runs = [.. Enumerable.Range(0, 7).Select(i => new string('a', 1 << i))];
        var tokenizer = new TestVocabulary().With("tokenizer.ggml.add_space_prefix", false).Pieces([.. runs.Reverse()]).Create();

        int[] tokens = tokenizer.Encode(new string('a', 1_000_000));

        Assert.Equal(1_000_000, tokens.Sum(t => tokenizer.Vocabulary.Text(t).Length));
        Assert.Equal(1_000_000 / 64, tokens.Length);
    }

    [Fact]
    public void Merging_agrees_with_the_definition_on_random_vocabularies()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            var vocabulary = new TestVocabulary().With("tokenizer.ggml.add_space_prefix", false).Pieces("a", "b", "é");
            for (int i = 0; i < 25; i++)
                vocabulary.Add(Text(random.Next(2, 6)), random.Next(-4, 3));
            var tokenizer = vocabulary.Create();
            for (int i = 0; i < 20; i++)
            {
                string text = Text(random.Next(1, 40));
                Assert.True(Merge(text, vocabulary).SequenceEqual(tokenizer.Encode(text)), $"Seed {seed}, round {round}: '{text}'.");
            }
        }

        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "abé"[random.Next(3)]));
    }

    /// <summary>The definition: while some neighbours form a token, merge the best, the leftmost of equals.</summary>
    private static IEnumerable<int> Merge(string text, TestVocabulary vocabulary)
    {
        var symbols = text.Select(c => c.ToString()).ToList();
        while (true)
        {
            int best = -1;
            float bestScore = float.NegativeInfinity;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                int token = vocabulary.Tokens.IndexOf(symbols[i] + symbols[i + 1]);
                if (token >= 0 && vocabulary.Scores[token] > bestScore)
                    (best, bestScore) = (i, vocabulary.Scores[token]);
            }

            if (best < 0)
                return symbols.Select(s => vocabulary.Tokens.IndexOf(s));
            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }
    }
}

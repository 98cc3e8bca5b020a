using System.Text;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Testing;

namespace KernelFoundry.Inference.Tests.Tokenizers;

public class StreamingDecoderTests
{
    private const int Piece = TestVocabulary.FirstPiece;
    private const int Byte = TestVocabulary.FirstByte;

    [Fact]
    public void A_character_is_handed_out_whole()
    {
        var decoder = new StreamingDecoder(Create());

        Assert.Equal("", decoder.Append(Byte + 0xF0).ToString());
        Assert.Equal("", decoder.Append(Byte + 0x9F).ToString());
        Assert.Equal("", decoder.Append(Byte + 0xA6).ToString());
        Assert.Equal("🦙", decoder.Append(Byte + 0x99).ToString());
        Assert.Equal("", decoder.Flush().ToString());
    }

    [Fact]
    public void A_cut_character_is_replaced_at_the_end_or_by_what_follows()
    {
        var decoder = new StreamingDecoder(Create());
        decoder.Append(Byte + 0xE2);
        Assert.Equal("", decoder.Append(Byte + 0x96).ToString());
        Assert.Equal("\uFFFD", decoder.Flush().ToString());
        Assert.Equal("", decoder.Flush().ToString());

        decoder.Append(Byte + 0xE2);
        Assert.Equal("\uFFFDhello", decoder.Append(Piece).ToString());
    }

    [Fact]
    public void The_leading_space_is_left_out_once_at_the_start_only()
    {
        int[] tokens = [1, Piece + 2, Piece + 1, Piece + 1];

        Assert.Equal(" hello hello", Stream(Create(), tokens));
        Assert.Equal("  hello hello", Stream(Create(), tokens, atTextStart: false));
        Assert.Equal("hello", Stream(Create(), [1, Piece + 1]));
        Assert.Equal("<s>hello", Stream(Create(), [1, Piece + 1], includeSpecial: true));
        Assert.Equal(" hello", Stream(Create(prefix: false), [1, Piece + 1]));
    }

    [Fact]
    public void Streaming_agrees_with_decoding_at_once_and_never_splits_a_character()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        var tokenizer = Create();
        byte[] likely = Encoding.UTF8.GetBytes("aé▁🦙\uFFFD");
        for (int round = 0; round < 2000; round++)
        {
            int[] tokens = [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4) switch
            {
                0 => random.Next(tokenizer.VocabularySize),
                _ => Byte + likely[random.Next(likely.Length)],
            })];
            Assert.True(tokenizer.Decode(tokens) == Stream(tokenizer, tokens), $"Seed {seed}, round {round}: {string.Join(' ', tokens)}.");
        }
    }

    [Fact]
    public void A_warm_decoder_allocates_nothing()
    {
        var decoder = new StreamingDecoder(Create());
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                decoder.Append(Piece + (i % 3));
        }));
    }

    /// <summary>All that a decoder hands out; each part must be whole characters.</summary>
    internal static string Stream(Tokenizer tokenizer, int[] tokens, bool atTextStart = true, bool includeSpecial = false)
    {
        var decoder = new StreamingDecoder(tokenizer, atTextStart, includeSpecial);
        var text = new StringBuilder();
        foreach (int token in tokens)
        {
            string part = decoder.Append(token).ToString();
            Assert.False(part.Length > 0 && (char.IsLowSurrogate(part[0]) || char.IsHighSurrogate(part[^1])), $"'{part}' splits a character.");
            text.Append(part);
        }

        return text.Append(decoder.Flush()).ToString();
    }

    private static Tokenizer Create(bool prefix = true) =>
        new TestVocabulary().With("tokenizer.ggml.add_space_prefix", prefix).Pieces("hello", "▁hello", "▁").Create();
}

using System.Security.Cryptography;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Normalizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>Against Python's unicodedata (Unicode 14), whose answers are here as digests: .NET without culture data normalizes nothing.</summary>
public class UnicodeNormalizerTests
{
    [Theory]
    [InlineData(true, false, "9CC65524A9D8082B", "7CAE89C21F2BCAF2")]
    [InlineData(false, false, "B505598A484AB04A", "080A89A5A8DFC590")]
    [InlineData(true, true, "06E7277BCA1B5F06", "F874892ACF070D16")]
    [InlineData(false, true, "D796BC2466011EEF", "84DF693B0E26A6C9")]
    public void Every_code_point_and_drawn_sequences_normalize_as_Python_has_it(bool composes, bool compatible, string each, string drawn)
    {
        var normalizer = new UnicodeNormalizer(composes, compatible);
        var runes = Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(c => new Rune(c)).ToArray();

        Assert.Equal(each, Digest(normalizer, runes.Select(rune => rune.ToString())));
        Assert.Equal(drawn, Digest(normalizer, Draw()));
    }

    [Theory]
    [InlineData("e\u0301\u0323x", "\u1EB9\u0301x")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\u212B\u0958", "\u00C5\u0915\u093C")]
    public void Composition_takes_marks_in_order_and_keeps_what_is_excluded(string text, string expected) =>
        Assert.Equal(expected, Apply(new UnicodeNormalizer(composes: true, compatible: false), text));

    [Fact]
    public void A_million_marks_take_no_square()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));

        Assert.Equal("\u1EA1", Apply(new UnicodeNormalizer(composes: true, compatible: false), text)[..1]);
    }

    internal static string Apply(Normalizer normalizer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        using var output = new NormalizedText(withSources: true);
        output.Begin(utf8.Length);
        normalizer.Apply(utf8, isTextStart: true, output);
        output.End(utf8.Length, null);
        for (int i = 0; i < output.Bytes.Length; i++)
            Assert.InRange(output.Source(i), 0, utf8.Length);
        return Encoding.UTF8.GetString(output.Bytes);
    }

    private static string Digest(Normalizer normalizer, IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in texts)
            hash.AppendData(Encoding.UTF8.GetBytes(Apply(normalizer, text) + "\n"));
        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }

    /// <summary>Letters, marks, Hangul and compatibility characters, by a generator that is easy to write in any language.</summary>
    private static IEnumerable<string> Draw()
    {
        uint state = 1;
        uint Next(uint below)
        {
            state = (state * 1664525) + 1013904223;
            return (state >> 8) % below;
        }

        (int First, int Count)[] blocks = [(0x41, 26), (0xC0, 64), (0x300, 0x70), (0x300, 0x70), (0x5B0, 20), (0x900, 0x80), (0x1100, 0x80), (0x1160, 0x98), (0xAC00, 600), (0x1E00, 256), (0x1F00, 256), (0xFB00, 80), (0x2F800, 300), (0x1D15E, 40)];
        for (int i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder();
            for (uint n = 1 + Next(8); n > 0; n--)
            {
                var (first, count) = blocks[Next((uint)blocks.Length)];
                text.Append(char.ConvertFromUtf32(first + (int)Next((uint)count)));
            }

            yield return text.ToString();
        }
    }
}

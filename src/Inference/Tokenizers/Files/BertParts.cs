using System.Text;
using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.Patterns;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>How BERT makes text uniform, cuts it into words, and writes it again.</summary>
internal static class BertParts
{
    /// <summary>White space goes; each punctuation mark is a piece: Unicode's and all of ASCII that is neither letter nor digit.</summary>
    public static IReadOnlyList<Splitter> Splitters { get; } =
    [
        new PatternSplitter(new Pattern(@"\s+"), SplitBehavior.Removed),
        new PatternSplitter(new Pattern(@"[\p{P}!-/:-@\[-`{-~]")),
    ];

    // What the WordPiece decoder of Hugging Face joins again; each within one token and the space before it.
    private static readonly (string Text, string Joined)[] s_joined =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"),
        (" 've", "'ve"), (" 're", "'re"),
    ];

    public static IReadOnlyList<Normalizer> Normalizers(bool cleansText, bool spacesChinese, bool stripsAccents, bool lowercases)
    {
        var steps = new List<Normalizer>();
        if (cleansText || spacesChinese)
            steps.Add(new BertCleaner(cleansText, spacesChinese));
        if (stripsAccents)
            steps.AddRange([new UnicodeNormalizer(composes: false, compatible: false), new AccentStripper()]);
        if (lowercases)
            steps.Add(new LowercaseNormalizer());
        return steps;
    }

    /// <summary>
    /// Appends what a token decodes to: a token that begins a word has a space before it, but for marks that join the word before.
    /// </summary>
    /// <returns>True where that begins with a space, which is left out where a text begins.</returns>
    public static bool AppendDecoded(ReadOnlySpan<byte> text, bool startsWord, bool joins, TokenTextsBuilder output)
    {
        byte[] decoded = startsWord ? [(byte)' ', .. text] : text.ToArray();
        if (joins && System.Text.Unicode.Utf8.IsValid(decoded))
            decoded = Encoding.UTF8.GetBytes(Join(Encoding.UTF8.GetString(decoded)));
        output.Add(decoded);
        return decoded is [(byte)' ', ..];
    }

    private static string Join(string text) => s_joined.Aggregate(text, (joined, pair) => joined.Replace(pair.Text, pair.Joined, StringComparison.Ordinal));
}

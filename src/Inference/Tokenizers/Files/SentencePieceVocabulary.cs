using System.Collections;
using System.Globalization;
using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tokenizers.Files;

/// <summary>What all vocabularies in SentencePiece's way have in common, whatever file they are in.</summary>
internal sealed class SentencePieceVocabulary
{
    private const int ByteTextLength = 6;

    /// <summary>Prepares a vocabulary.</summary>
    /// <param name="vocabulary">The tokens; U+2581 in them stands for a space.</param>
    /// <param name="addPrefix">A text begins with a space, which decoding leaves out.</param>
    public SentencePieceVocabulary(Vocabulary vocabulary, bool addPrefix)
    {
        var decoded = new TokenTextsBuilder(vocabulary.Count, vocabulary.Texts.TotalBytes);
        DropsSpace = new BitArray(vocabulary.Count);
        bool isCrossed = false;
        for (int id = 0; id < vocabulary.Count; id++)
        {
            var text = vocabulary.Text(id);
            if (vocabulary.Type(id) == TokenType.Byte)
            {
                decoded.Add([ByteValue(text) ?? 0]);
            }
            else if (IsText(vocabulary, id))
            {
                DropsSpace[id] = addPrefix && text.StartsWith(MarkerSplitter.Marker);
                isCrossed |= text.TrimStart(MarkerSplitter.Marker).IndexOf(MarkerSplitter.Marker) >= 0;
                AppendUnescaped(text, decoded);
            }
            else
            {
                decoded.Add(text);
            }
        }

        Texts = new TokenTexts(vocabulary.Texts, id => IsText(vocabulary, id));
        Decoded = decoded.Build();
        Splitters = isCrossed ? [] : [new MarkerSplitter(joinsRuns: true)];
    }

    /// <summary>The texts as the file has them; those are found that text may become: a text that spells a control token must not end the sequence.</summary>
    public TokenTexts Texts { get; }

    /// <summary>What tokens stand for.</summary>
    public TokenTexts Decoded { get; }

    /// <summary>Tokens that begin with the space of a text's beginning.</summary>
    public BitArray DropsSpace { get; }

    /// <summary>Cuts at words, where no token crosses from one into the next: then it changes nothing but the time.</summary>
    public IReadOnlyList<Splitter> Splitters { get; }

    /// <summary>What a text goes through before it is cut: the file's own rules, then its spaces.</summary>
    /// <param name="map">Normalization rules, or null.</param>
    /// <param name="removesExtra">Spaces are reduced to one between words.</param>
    /// <param name="addPrefix">A text begins with a space.</param>
    public static IReadOnlyList<Normalizer> Normalizers(CharacterMap? map, bool removesExtra, bool addPrefix)
    {
        var normalizers = new List<Normalizer>();
        if (map is not null)
            normalizers.Add(map);
        if (removesExtra)
            normalizers.Add(new ExtraSpaceRemover());
        normalizers.AddRange(Spaces(addPrefix));
        return normalizers;
    }

    /// <summary>The normalizers that write spaces as U+2581.</summary>
    public static IReadOnlyList<Normalizer> Spaces(bool addPrefix) =>
        addPrefix ? [new PrependNormalizer(MarkerSplitter.Marker.ToArray()), SpaceMarker.Instance] : [SpaceMarker.Instance];

    /// <summary>The first byte token of each value, or -1.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="error">Makes the error for a token that is marked as a byte but names none.</param>
    public static int[] ByteTokens(Vocabulary vocabulary, Func<int, string, InvalidModelException> error)
    {
        int[] tokens = new int[256];
        Array.Fill(tokens, -1);
        for (int id = vocabulary.Count - 1; id >= 0; id--)
        {
            if (vocabulary.Type(id) == TokenType.Byte)
                tokens[ByteValue(vocabulary.Text(id)) ?? throw error(id, InvalidModelException.Quote(vocabulary.Text(id)))] = id;
        }

        return tokens;
    }

    /// <summary>The byte of <c>&lt;0x41&gt;</c>, or null.</summary>
    public static byte? ByteValue(ReadOnlySpan<byte> text) =>
        text.Length == ByteTextLength && text.StartsWith("<0x"u8) && text[^1] == '>'
            && byte.TryParse(text[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    /// <summary>True for a token that text may become. Control, unknown and byte tokens are not.</summary>
    public static bool IsText(Vocabulary vocabulary, int id) =>
        vocabulary.Type(id) is not (TokenType.Control or TokenType.Unknown or TokenType.Byte);

    private static void AppendUnescaped(ReadOnlySpan<byte> text, TokenTextsBuilder output)
    {
        for (int space = text.IndexOf(MarkerSplitter.Marker); space >= 0; space = text.IndexOf(MarkerSplitter.Marker))
        {
            output.Append(text[..space]);
            output.Append(" "u8);
            text = text[(space + MarkerSplitter.Marker.Length)..];
        }

        output.Append(text);
        output.EndToken();
    }
}

using System.Collections;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers.Files.Json;

/// <summary>What a decoder of <c>tokenizer.json</c> makes of each token.</summary>
internal sealed class JsonDecoding
{
    /// <summary>Changes to a token's text, in order.</summary>
    public List<Func<string, string>> Steps { get; } = [];

    /// <summary>Texts are written in the letters of bytes.</summary>
    public bool IsByteLevel { get; set; }

    /// <summary><c>&lt;0x41&gt;</c> is a byte.</summary>
    public bool HasByteTokens { get; set; }

    /// <summary>Tokens are joined before what follows.</summary>
    public bool IsFused { get; set; }

    /// <summary>A space where the text begins is left out.</summary>
    public bool DropsSpace { get; set; }

    /// <summary>What tokens that continue words begin with; all others have a space before them.</summary>
    public string? WordPiecePrefix { get; set; }

    /// <summary>Marks join the word before them.</summary>
    public bool JoinsMarks { get; set; }

    /// <summary>There is no decoder: tokens have spaces between them.</summary>
    public bool IsSpaced { get; set; }

    /// <summary>Decodes each token.</summary>
    public (TokenTexts Decoded, BitArray? DropsSpace) Decode(JsonVocabulary vocabulary)
    {
        var decoded = new TokenTextsBuilder(vocabulary.Count, vocabulary.Tokens.Texts.TotalBytes);
        var drops = new BitArray(vocabulary.Count);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            var text = vocabulary.Tokens.Text(id);
            if (vocabulary.IsAdded(id))
                decoded.Add(text);
            else
                drops[id] = Decode(text, decoded);
        }

        return (decoded.Build(), DropsSpace || WordPiecePrefix is not null || IsSpaced ? drops : null);
    }

    /// <summary>Appends a token; true where its first space is dropped where a text begins.</summary>
    private bool Decode(ReadOnlySpan<byte> text, TokenTextsBuilder output)
    {
        if (IsByteLevel)
        {
            ByteAlphabet.Read(text, output);
            return false;
        }

        if (HasByteTokens && SentencePieceVocabulary.ByteValue(text) is { } value)
        {
            output.Add([value]);
            return false;
        }

        string written = Steps.Aggregate(Encoding.UTF8.GetString(text), (token, step) => step(token));
        if (WordPiecePrefix is { } prefix)
        {
            bool continues = prefix.Length > 0 && written.StartsWith(prefix, StringComparison.Ordinal);
            return BertParts.AppendDecoded(Encoding.UTF8.GetBytes(continues ? written[prefix.Length..] : written), !continues, JoinsMarks, output);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(IsSpaced ? " " + written : written);
        output.Add(bytes);
        return bytes is [(byte)' ', ..] && (DropsSpace || IsSpaced);
    }
}

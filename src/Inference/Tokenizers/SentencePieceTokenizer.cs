using System.Buffers;
using System.Globalization;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// SentencePiece BPE (GGUF tokenizer model "llama"): a space is written U+2581, a text begins with one where the model says so,
/// pieces merge by score, and a character outside the vocabulary becomes its UTF-8 bytes. Kudo and Richardson, "SentencePiece",
/// 2018; special tokens and prefix as in llama.cpp.
/// </summary>
public sealed class SentencePieceTokenizer : Tokenizer
{
    private const string ScoresKey = "tokenizer.ggml.scores";
    private const string TokensKey = "tokenizer.ggml.tokens";
    private const int ByteTextLength = 6;

    // What SentencePiece itself uses unless told otherwise, as llama.cpp does.
    private static readonly SpecialTokens s_defaults = new(Bos: 1, Eos: 2, Unknown: 0, AddBos: true, AddEos: false);

    private readonly BpeMerger _merger;
    private readonly SpecialTokenMatcher _userDefined;
    private readonly SpecialTokenMatcher _allSpecial;
    private readonly byte[] _byteValues;

    /// <summary>Reads the vocabulary of <paramref name="file"/>.</summary>
    /// <exception cref="InvalidModelException">An entry is missing, or entries do not fit each other.</exception>
    public SentencePieceTokenizer(GgufFile file)
        : this(file, Vocabulary.Read(file))
    {
    }

    private SentencePieceTokenizer(GgufFile file, Vocabulary vocabulary)
        : base(vocabulary, SpecialTokens.Read(file.Metadata, vocabulary.Count, s_defaults))
    {
        AddSpacePrefix = !file.Metadata.TryGetBoolean("tokenizer.ggml.add_space_prefix", out bool add) || add;
        float[] scores = ReadScores(file.Metadata, vocabulary.Count);
        int[] byteTokens = new int[256];
        Array.Fill(byteTokens, UnknownId ?? -1);
        _byteValues = ReadByteTokens(file.Metadata, vocabulary, byteTokens);
        if (Array.IndexOf(byteTokens, -1) is var missing and >= 0)
        {
            throw file.Metadata.GetValue(TokensKey).Error($"without a byte token <0x{missing:X2}> and without an unknown token",
                "256 byte tokens or an unknown token");
        }

        _merger = new BpeMerger(vocabulary, scores, byteTokens);
        _userDefined = new SpecialTokenMatcher(vocabulary, type => type == TokenType.UserDefined);
        _allSpecial = new SpecialTokenMatcher(vocabulary, type => type is TokenType.UserDefined or TokenType.Control or TokenType.Unknown);
    }

    /// <summary>True where a space is put before a text, and before the text that follows a special token.</summary>
    public bool AddSpacePrefix { get; }

    private static ReadOnlySpan<byte> Space => "▁"u8;

    /// <inheritdoc/>
    public override void AppendBytes(int token, ref bool atTextStart, bool includeSpecial, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var text = Vocabulary.Text(token);
        var type = Vocabulary.Type(token);
        if (type is TokenType.Control or TokenType.Unknown)
        {
            if (includeSpecial)
                output.Write(text);
            return;
        }

        if (type == TokenType.Byte)
            output.Write([_byteValues[token]]);
        else if (type == TokenType.UserDefined)
            output.Write(text);
        else
            AppendUnescaped(atTextStart && AddSpacePrefix && text.StartsWith(Space) ? text[Space.Length..] : text, output);
        atTextStart = false;
    }

    private protected override void Encode(ReadOnlySpan<byte> text, bool parseSpecial, List<int> tokens)
    {
        var matcher = parseSpecial ? _allSpecial : _userDefined;
        while (!text.IsEmpty)
        {
            int special = matcher.Next(text, out int start);
            if (start > 0)
                EncodeText(text[..start], tokens);
            text = text[start..];
            if (special >= 0)
            {
                tokens.Add(special);
                text = text[Vocabulary.Text(special).Length..];
            }
        }
    }

    /// <summary>Encodes text without special tokens. It begins the whole text or follows a special token, so the prefix is due.</summary>
    private void EncodeText(ReadOnlySpan<byte> text, List<int> tokens)
    {
        int growth = Space.Length - 1;
        byte[] escaped = ArrayPool<byte>.Shared.Rent(checked(text.Length + (text.Count((byte)' ') * growth) + Space.Length));
        int length = 0;
        if (AddSpacePrefix)
        {
            Space.CopyTo(escaped);
            length = Space.Length;
        }

        foreach (byte b in text)
        {
            if (b == ' ')
            {
                Space.CopyTo(escaped.AsSpan(length));
                length += Space.Length;
            }
            else
            {
                escaped[length++] = b;
            }
        }

        _merger.Encode(escaped.AsSpan(0, length), tokens);
        ArrayPool<byte>.Shared.Return(escaped);
    }

    private static void AppendUnescaped(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            int space = text.IndexOf(Space);
            output.Write(space < 0 ? text : text[..space]);
            if (space < 0)
                return;
            output.Write(" "u8);
            text = text[(space + Space.Length)..];
        }
    }

    private static float[] ReadScores(GgufMetadata metadata, int count)
    {
        float[] scores = metadata.GetSingles(ScoresKey);
        if (scores.Length != count)
            throw metadata.GetValue(ScoresKey).Error($"an array of {scores.Length} scores", $"{count}, one a token");
        int nan = Array.FindIndex(scores, float.IsNaN);
        return nan < 0 ? scores : throw metadata.GetValue(ScoresKey).Error($"NaN at index {nan}", "a number");
    }

    /// <summary>Byte value of each byte token, by id; <paramref name="byteTokens"/> takes the first id of each value.</summary>
    private static byte[] ReadByteTokens(GgufMetadata metadata, Vocabulary vocabulary, int[] byteTokens)
    {
        byte[] values = new byte[vocabulary.Count];
        for (int id = vocabulary.Count - 1; id >= 0; id--)
        {
            if (vocabulary.Type(id) != TokenType.Byte)
                continue;
            var text = vocabulary.Text(id);
            if (text.Length != ByteTextLength || !text.StartsWith("<0x"u8) || text[^1] != '>'
                || !byte.TryParse(text[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out values[id]))
            {
                throw metadata.GetValue(TokensKey).Error(
                    $"{InvalidModelException.Quote(text)} at index {id}, which is marked as a byte token", "<0x00> to <0xFF>");
            }

            byteTokens[values[id]] = id;
        }

        return values;
    }
}

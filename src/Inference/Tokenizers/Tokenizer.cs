using System.Buffers;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Normalizers;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;
using KernelFoundry.Inference.Tokenizers.Unicode;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Turns text into token ids and back: added tokens are cut out, the rest is normalized, cut into pieces, and a model (BPE, unigram,
/// WordPiece) makes tokens of each. Immutable: one instance serves any number of threads. It holds its own copy of the vocabulary,
/// so the model file may be closed.
/// </summary>
public sealed class Tokenizer
{
    private readonly Normalizer[] _normalizers;
    private readonly Splitter[] _splitters;
    private readonly AddedTokens _plain;
    private readonly AddedTokens _all;

    internal Tokenizer(TokenizerParts parts)
    {
        Parts = parts;
        _normalizers = [.. parts.Normalizers];
        _splitters = [.. parts.Splitters];
        _all = new AddedTokens(parts.Added);
        _plain = new AddedTokens([.. parts.Added.Where(token => !token.IsSpecial)]);
        Prefix = parts.Special switch
        {
            { Prefix: { } prefix } => prefix,
            { AddBos: true, Bos: { } bos } => [bos],
            { AddBos: true, Class: { } begin } => [begin],
            _ => [],
        };
        Suffix = parts.Special switch
        {
            { Suffix: { } suffix } => suffix,
            { AddSeparator: true, Separator: { } separator } => [separator],
            { AddEos: true, Eos: { } eos } => [eos],
            _ => [],
        };
    }

    /// <summary>Texts and types of the tokens.</summary>
    public Vocabulary Vocabulary => Parts.Vocabulary;

    /// <summary>The algorithm: "BPE", "byte-level BPE", "unigram" or "WordPiece".</summary>
    public string Kind => Parts.Kind;

    /// <summary>Number of tokens; ids run from 0 to one less.</summary>
    public int VocabularySize => Vocabulary.Count;

    /// <summary>Id of the token that begins a sequence, where the model has one.</summary>
    public int? BosId => Parts.Special.Bos;

    /// <summary>Id of the token that ends a sequence, where the model has one.</summary>
    public int? EosId => Parts.Special.Eos;

    /// <summary>Id of the token that ends a turn of a chat, where the model has one besides <see cref="EosId"/>.</summary>
    public int? EndOfTurnId => Parts.Special.EndOfTurn;

    /// <summary>Id of the token that ends a message which calls a tool, where the model has one.</summary>
    public int? EndOfMessageId => Parts.Special.EndOfMessage;

    /// <summary>Id of the token for text that the vocabulary cannot express, where the model has one.</summary>
    public int? UnknownId => Parts.Special.Unknown;

    /// <summary>Id of the token that fills up batches, where the model has one.</summary>
    public int? PaddingId => Parts.Special.Padding;

    /// <summary>Id of the token that separates texts, where the model has one.</summary>
    public int? SeparatorId => Parts.Special.Separator;

    /// <summary>Id of the token that stands for a masked one, where the model has one.</summary>
    public int? MaskId => Parts.Special.Mask;

    /// <summary>True where the model wants a prompt to begin with <see cref="BosId"/>.</summary>
    public bool AddBos => Parts.Special.AddBos;

    /// <summary>True where the model wants a text to end with <see cref="EosId"/>.</summary>
    public bool AddEos => Parts.Special.AddEos;

    /// <summary>The tokens the model wants before a text.</summary>
    public IReadOnlyList<int> Prefix { get; }

    /// <summary>The tokens the model wants after a text.</summary>
    public IReadOnlyList<int> Suffix { get; }

    internal TokenizerParts Parts { get; }

    /// <summary>Encodes <paramref name="text"/>. A surrogate without its partner is encoded as U+FFFD.</summary>
    /// <param name="text">Any text; the empty text has no tokens.</param>
    /// <param name="addBos">Begin with <see cref="BosId"/>.</param>
    /// <param name="parseSpecial">
    /// Read the texts of control tokens, such as <c>&lt;/s&gt;</c>, as those tokens. Leave it off for text from outside, which could
    /// otherwise pose as the system. User-defined tokens are read either way: they are plain text that is always one token.
    /// </param>
    /// <exception cref="InvalidOperationException">BOS was asked for and the model has none.</exception>
    public int[] Encode(ReadOnlySpan<char> text, bool addBos = false, bool parseSpecial = false)
    {
        using var tokens = new TokenBuffer(withEnds: false);
        if (addBos)
            tokens.Add(BosId ?? throw new InvalidOperationException($"The vocabulary of '{Vocabulary.ModelFile}' has no BOS token."), 0);
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, utf8);
        Encode(utf8.AsSpan(0, length), parseSpecial, withOffsets: false, tokens);
        ArrayPool<byte>.Shared.Return(utf8);
        return tokens.Ids.ToArray();
    }

    /// <summary>Encodes UTF-8 text.</summary>
    /// <param name="text">The text. Bytes that are not UTF-8 are encoded as U+FFFD.</param>
    /// <param name="parseSpecial">Read the texts of control tokens as those tokens.</param>
    public int[] EncodeUtf8(ReadOnlySpan<byte> text, bool parseSpecial = false)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text))
            return Encode(Encoding.UTF8.GetString(text), parseSpecial: parseSpecial);
        using var tokens = new TokenBuffer(withEnds: false);
        Encode(text, parseSpecial, withOffsets: false, tokens);
        return tokens.Ids.ToArray();
    }

    /// <summary>Encodes a text and says which part of it each token stands for.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="parseSpecial">Read the texts of control tokens as those tokens.</param>
    public IReadOnlyList<EncodedToken> EncodeWithOffsets(string text, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        using var tokens = new TokenBuffer(withEnds: true);
        Encode(utf8, parseSpecial, withOffsets: true, tokens);
        return EncodedToken.List(utf8, tokens.Ids, tokens.Ends);
    }

    /// <summary>Decodes a whole sequence. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <param name="atTextStart">The sequence begins the text, so that a space put before the text when encoding is removed.</param>
    /// <param name="includeSpecial">Write control and unknown tokens as their vocabulary text; otherwise they are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> tokens, bool atTextStart = true, bool includeSpecial = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int token in tokens)
            AppendBytes(token, ref atTextStart, includeSpecial, bytes);

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Appends the bytes that one token stands for; they need not be whole UTF-8 sequences.</summary>
    /// <param name="token">Token id.</param>
    /// <param name="atTextStart">
    /// True where no text precedes the token, whose space for the text's beginning is then left out; set to false by a token that
    /// carries text.
    /// </param>
    /// <param name="includeSpecial">Write control and unknown tokens as their vocabulary text.</param>
    /// <param name="output">Takes the bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public void AppendBytes(int token, ref bool atTextStart, bool includeSpecial, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Vocabulary.Type(token) is TokenType.Control or TokenType.Unknown)
        {
            if (includeSpecial)
                output.Write(Vocabulary.Text(token));
            return;
        }

        var bytes = Parts.Decoded[token];
        output.Write(atTextStart && Parts.DropsSpace is { } drops && drops[token] ? bytes[1..] : bytes);
        atTextStart = false;
    }

    private void Encode(ReadOnlySpan<byte> text, bool parseSpecial, bool withOffsets, TokenBuffer output)
    {
        var added = parseSpecial ? _all : _plain;
        using var run = new NormalizerRun(_normalizers, withOffsets);
        for (int from = 0; from < text.Length;)
        {
            var token = added.InText.Next(text, from, out int start, out int end);
            if (start > from)
                EncodeSegment(text[from..start], from, added.InNormalized, run, output);
            if (token is not null)
            {
                output.PieceStart = 0;
                output.Add(token.Id, end);
            }

            from = end;
        }
    }

    /// <summary>Encodes text between added tokens, which begins at <paramref name="source"/> in the whole.</summary>
    private void EncodeSegment(ReadOnlySpan<byte> text, int source, AddedTokenMatcher added, NormalizerRun run, TokenBuffer output)
    {
        int before = output.Count;
        var normalized = run.Apply(text, isTextStart: source == 0);
        var sink = new PieceSink(_splitters, Parts.Model, output);
        for (int from = 0; from < normalized.Length;)
        {
            var token = added.Next(normalized, from, out int start, out int end);
            sink.Take(normalized, from, start);
            if (token is not null)
            {
                output.PieceStart = 0;
                output.Add(token.Id, end);
            }

            from = end;
        }

        var ends = output.Ends;
        for (int i = before; i < ends.Length; i++)
            ends[i] = source + run.Source(ends[i]);
    }

    /// <summary>The tokens that are looked for in the text as it is, and those looked for in the normalized text.</summary>
    private sealed class AddedTokens(IReadOnlyList<AddedToken> tokens)
    {
        public readonly AddedTokenMatcher InText = new(tokens.Where(token => !token.IsNormalized));
        public readonly AddedTokenMatcher InNormalized = new(tokens.Where(token => token.IsNormalized));
    }
}

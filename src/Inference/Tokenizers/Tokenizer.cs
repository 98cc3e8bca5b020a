using System.Buffers;
using System.Text;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Turns text into token ids and back. Immutable: one instance serves any number of threads. It holds its own copy of the
/// vocabulary, so the model file may be closed.
/// </summary>
public abstract class Tokenizer
{
    /// <summary>Takes the parts that every family has.</summary>
    private protected Tokenizer(Vocabulary vocabulary, SpecialTokens special)
    {
        Vocabulary = vocabulary;
        BosId = special.Bos;
        EosId = special.Eos;
        UnknownId = special.Unknown;
        AddBos = special.AddBos;
        AddEos = special.AddEos;
    }

    /// <summary>Texts and types of the tokens.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Number of tokens; ids run from 0 to one less.</summary>
    public int VocabularySize => Vocabulary.Count;

    /// <summary>Id of the token that begins a sequence, where the model has one.</summary>
    public int? BosId { get; }

    /// <summary>Id of the token that ends a sequence, where the model has one.</summary>
    public int? EosId { get; }

    /// <summary>Id of the token for text that the vocabulary cannot express, where the model has one.</summary>
    public int? UnknownId { get; }

    /// <summary>True where the model wants a prompt to begin with <see cref="BosId"/>.</summary>
    public bool AddBos { get; }

    /// <summary>True where the model wants a text to end with <see cref="EosId"/>.</summary>
    public bool AddEos { get; }

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
        var tokens = new List<int>((text.Length / 3) + 2);
        if (addBos)
            tokens.Add(BosId ?? throw new InvalidOperationException($"The vocabulary of '{Vocabulary.ModelFile}' has no BOS token."));
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, utf8);
        Encode(utf8.AsSpan(0, length), parseSpecial, tokens);
        ArrayPool<byte>.Shared.Return(utf8);
        return tokens.ToArray();
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
    public abstract void AppendBytes(int token, ref bool atTextStart, bool includeSpecial, IBufferWriter<byte> output);

    /// <summary>Encodes valid UTF-8 and appends the ids.</summary>
    private protected abstract void Encode(ReadOnlySpan<byte> text, bool parseSpecial, List<int> tokens);
}

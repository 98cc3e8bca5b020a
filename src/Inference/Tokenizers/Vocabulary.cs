namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// The token texts and types of a model, as its file writes them. Where two tokens have the same text, the one with the lowest id
/// is found by it.
/// </summary>
public sealed class Vocabulary
{
    internal const int MaximumTokens = 1 << 26;
    private readonly TokenType[] _types;

    /// <summary>Takes the tokens.</summary>
    /// <param name="texts">A text a token.</param>
    /// <param name="types">A type a token.</param>
    /// <param name="modelFile">The file they came from, for messages.</param>
    internal Vocabulary(TokenTexts texts, TokenType[] types, string modelFile)
    {
        Texts = texts;
        _types = types;
        ModelFile = modelFile;
    }

    /// <summary>Number of tokens.</summary>
    public int Count => _types.Length;

    /// <summary>Length in bytes of the longest text.</summary>
    public int MaximumTextBytes => Texts.MaximumBytes;

    /// <summary>The file the vocabulary came from, for messages.</summary>
    internal string ModelFile { get; }

    internal TokenTexts Texts { get; }

    /// <summary>Text of token <paramref name="id"/> as the model file writes it, as UTF-8 where the file kept the rules.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> Text(int id)
    {
        CheckId(id);
        return Texts[id];
    }

    /// <summary>Type of token <paramref name="id"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public TokenType Type(int id)
    {
        CheckId(id);
        return _types[id];
    }

    /// <summary>The lowest id with this text, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text) => Texts.Find(text);

    private void CheckId(int id)
    {
        if ((uint)id >= (uint)_types.Length)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has tokens 0 to {_types.Length - 1}.");
    }
}

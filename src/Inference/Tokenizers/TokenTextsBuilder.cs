namespace KernelFoundry.Inference.Tokenizers;

/// <summary>Gathers token texts by rising id.</summary>
/// <param name="tokens">Tokens expected.</param>
/// <param name="bytes">Bytes expected of all texts.</param>
internal sealed class TokenTextsBuilder(int tokens, int bytes)
{
    private readonly List<int> _starts = new(tokens + 1) { 0 };
    private byte[] _texts = new byte[bytes];
    private int _length;

    /// <summary>Tokens so far.</summary>
    public int Count => _starts.Count - 1;

    /// <summary>Appends to the text of the token that <see cref="EndToken"/> will end.</summary>
    public void Append(ReadOnlySpan<byte> part)
    {
        if (part.Length > _texts.Length - _length)
            Array.Resize(ref _texts, checked((int)Math.Min(Array.MaxLength, Math.Max(_length + (long)part.Length, 2L * _texts.Length))));
        part.CopyTo(_texts.AsSpan(_length));
        _length += part.Length;
    }

    /// <summary>Ends a token's text.</summary>
    public void EndToken() => _starts.Add(_length);

    /// <summary>Adds a whole token.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        Append(text);
        EndToken();
    }

    public TokenTexts Build(Func<int, bool>? isFindable = null) => new(_texts, [.. _starts], isFindable);
}

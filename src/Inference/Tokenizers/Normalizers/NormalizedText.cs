using System.Buffers;

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>What a normalizer writes and, where asked for, which byte of its input each byte comes from. For one thread.</summary>
/// <param name="withSources">Keep where bytes come from.</param>
internal sealed class NormalizedText(bool withSources) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(256);
    private int[] _sources = withSources ? ArrayPool<int>.Shared.Rent(256) : [];
    private int _length;
    private long _limit;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Empties it.</summary>
    /// <param name="capacity">Bytes to make room for.</param>
    /// <param name="limit">Bytes that a normalizer may write at most: rules of a hostile file double a text each.</param>
    public void Begin(int capacity, long limit = int.MaxValue)
    {
        (_length, _limit) = (0, limit);
        Reserve(capacity + 1);
    }

    /// <summary>Copies input that stays as it is.</summary>
    public void Copy(ReadOnlySpan<byte> text, int source)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_length));
        if (withSources)
        {
            for (int i = 0; i < text.Length; i++)
                _sources[_length + i] = source + i;
        }

        _length += text.Length;
    }

    /// <summary>Writes text in place of the input that begins at <paramref name="source"/>.</summary>
    public void Write(ReadOnlySpan<byte> text, int source)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_length));
        if (withSources)
            _sources.AsSpan(_length, text.Length).Fill(source);
        _length += text.Length;
    }

    /// <summary>Takes back the last bytes.</summary>
    public void Shorten(int length) => _length = length;

    /// <summary>Ends it.</summary>
    /// <param name="inputLength">Length of the input.</param>
    /// <param name="input">What the input was made from, so that sources are of that; null where it is the text itself.</param>
    public void End(int inputLength, NormalizedText? input)
    {
        if (!withSources)
            return;
        _sources[_length] = inputLength;
        if (input is null)
            return;
        for (int i = 0; i <= _length; i++)
            _sources[i] = input._sources[_sources[i]];
    }

    /// <summary>Where in the text the byte at <paramref name="at"/> comes from.</summary>
    public int Source(int at) => _sources[at];

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        if (withSources)
            ArrayPool<int>.Shared.Return(_sources);
        (_bytes, _sources, _length) = ([], [], 0);
    }

    private void Reserve(int more)
    {
        int needed = checked(_length + more + 1);
        if (needed > _limit)
            throw new InvalidModelException("the tokenizer", "its normalizer", $"making more than {_limit} bytes of a text", "normalization that keeps the size of a text");
        if (needed <= _bytes.Length && (!withSources || needed <= _sources.Length))
            return;
        int size = (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length));
        byte[] bytes = ArrayPool<byte>.Shared.Rent(size);
        Bytes.CopyTo(bytes);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bytes;
        if (!withSources)
            return;
        int[] sources = ArrayPool<int>.Shared.Rent(size);
        _sources.AsSpan(0, _length).CopyTo(sources);
        ArrayPool<int>.Shared.Return(_sources);
        _sources = sources;
    }
}

using System.Buffers;
using System.Text;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Decodes tokens as they come. Text is handed out only in whole characters: bytes of an unfinished UTF-8 sequence wait for
/// the tokens that finish it. All text together, with <see cref="Flush"/> at the end, is what
/// <see cref="Tokenizer.Decode"/> gives for all tokens. For one thread; allocates nothing once its buffers have grown.
/// </summary>
/// <param name="tokenizer">The tokenizer that made the tokens.</param>
/// <param name="atTextStart">
/// The first token begins the text, so that the space put before it when encoding is removed. False for tokens that continue
/// a prompt.
/// </param>
/// <param name="includeSpecial">Write control and unknown tokens as their vocabulary text; otherwise they are left out.</param>
public sealed class StreamingDecoder(Tokenizer tokenizer, bool atTextStart = true, bool includeSpecial = false)
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private char[] _text = new char[32];
    private bool _atTextStart = atTextStart;

    /// <summary>Takes the next token. Returns the text that it completes, often none; valid until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public ReadOnlySpan<char> Append(int token)
    {
        _bytes.ResetWrittenCount();
        tokenizer.AppendBytes(token, ref _atTextStart, includeSpecial, _bytes);
        return Decode(flush: false);
    }

    /// <summary>Ends the text: an unfinished sequence becomes U+FFFD. The next token continues the text.</summary>
    public ReadOnlySpan<char> Flush()
    {
        _bytes.ResetWrittenCount();
        return Decode(flush: true);
    }

    private ReadOnlySpan<char> Decode(bool flush)
    {
        int most = Encoding.UTF8.GetMaxCharCount(_bytes.WrittenCount);
        if (_text.Length < most)
            _text = new char[2 * most];
        return _text.AsSpan(0, _utf8.GetChars(_bytes.WrittenSpan, _text, flush));
    }
}

namespace KernelFoundry.Inference.Tokenizers.Normalizers;

/// <summary>Applies normalizers one after the other, between two buffers. For one thread.</summary>
/// <param name="normalizers">The steps; none leave text as it is.</param>
/// <param name="withSources">Keep where bytes come from.</param>
internal sealed class NormalizerRun(Normalizer[] normalizers, bool withSources) : IDisposable
{
    // Form KC makes 11 bytes of one at most.
    private const long Growth = 64, Allowance = 1 << 16;
    private NormalizedText? _current;
    private NormalizedText? _other;

    /// <summary>The normalized text, valid until the next call.</summary>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> text, bool isTextStart)
    {
        var input = text;
        for (int i = 0; i < normalizers.Length && !input.IsEmpty; i++)
        {
            (_current, _other) = (_other ?? new NormalizedText(withSources), _current);
            _current.Begin(input.Length, (Growth * text.Length) + Allowance);
            normalizers[i].Apply(input, isTextStart, _current);
            _current.End(input.Length, i == 0 ? null : _other);
            input = _current.Bytes;
        }

        return input;
    }

    /// <summary>Where in the text the byte at <paramref name="at"/> of the normalized text comes from.</summary>
    public int Source(int at) => normalizers.Length == 0 ? at : _current!.Source(at);

    public void Dispose()
    {
        _current?.Dispose();
        _other?.Dispose();
    }
}

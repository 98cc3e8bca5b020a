namespace KernelFoundry;

/// <summary>
/// GGUF's IQ4_NL: blocks of 32 four-bit indices into a table of uneven codes after a half-precision scale. The low nibbles are the block's
/// first 16 elements, the high nibbles its last. 4.5 bits an element. Source: ggml, block_iq4_nl and kvalues_iq4nl.
/// </summary>
public readonly struct IQ4_NL : IQuantEncoder
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 18;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(0), Code: UnevenCodes.Of(b.Byte(2 + (i % 16)) >> (i / 16 * 4)));

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[32];
        UnevenCodes.Grid.Block(values, importance, codes, block);
        Nibbles.Pack(codes, block[2..]);
    }
}

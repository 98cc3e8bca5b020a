namespace KernelFoundry;

/// <summary>
/// GGUF's Q4_1: blocks of 32 four-bit codes after a half-precision scale and a half-precision offset. The low nibbles are the block's first
/// 16 elements, the high nibbles its last. 5 bits an element. Source: ggml, block_q4_1.
/// </summary>
public readonly struct Q4_1 : IQuantEncoder
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 20;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(0), Code: (b.Byte(4 + (i % 16)) >> (i / 16 * 4)) & 15, Offset: b.Half(2));

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[32];
        AffineFit.Block(values, importance, 15, codes, block);
        Nibbles.Pack(codes, block[4..]);
    }
}

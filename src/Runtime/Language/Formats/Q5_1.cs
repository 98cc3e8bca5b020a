namespace KernelFoundry;

/// <summary>
/// GGUF's Q5_1: blocks of 32 five-bit codes after a half-precision scale, a half-precision offset and the 32 fifth bits, that of element i
/// bit i. The low nibbles are the block's first 16 elements, the high nibbles its last. 6 bits an element. Source: ggml, block_q5_1.
/// </summary>
public readonly struct Q5_1 : IQuantEncoder
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 24;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(0),
        Code: ((b.Byte(8 + (i % 16)) >> (i / 16 * 4)) & 15) | (((b.UInt16(4 + (i / 16 * 2)) >> (i % 16)) & 1) << 4),
        Offset: b.Half(2));

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[32];
        AffineFit.Block(values, importance, 31, codes, block);
        Nibbles.Pack(codes, block[8..]);
        Nibbles.PackFifthBits(codes, block[4..]);
    }
}

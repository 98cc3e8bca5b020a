namespace KernelFoundry;

/// <summary>
/// GGUF's Q5_0: blocks of 32 five-bit codes minus 16 after a half-precision scale and the 32 fifth bits, that of element i bit i. The low
/// nibbles are the block's first 16 elements, the high nibbles its last. 5.5 bits an element. Source: ggml, block_q5_0.
/// </summary>
public readonly struct Q5_0 : IQuantEncoder
{
    private static readonly CodeGrid s_codes = CodeGrid.Even(-16, 15);

    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 22;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(0),
        Code: (((b.Byte(6 + (i % 16)) >> (i / 16 * 4)) & 15) | (((b.UInt16(2 + (i / 16 * 2)) >> (i % 16)) & 1) << 4)) - 16);

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[32];
        s_codes.Block(values, importance, codes, block);
        Nibbles.Pack(codes, block[6..]);
        Nibbles.PackFifthBits(codes, block[2..]);
    }
}

using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>
/// GGUF's Q3_K: super-blocks of 256 three-bit codes minus 4, in 16 groups of 16 with 6-bit scales minus 32 under one half-precision scale.
/// Bytes: 32 of the codes' upper bits (bit g of byte j is element 32g + j), 64 of their lower bit pairs, 8 of the scales' lower nibbles and
/// 4 of their upper bit pairs, the half. 3.4375 bits an element. Source: ggml, block_q3_K.
/// </summary>
public readonly struct Q3_K : IQuantEncoder
{
    private static readonly CodeGrid s_codes = CodeGrid.Even(-4, 3);

    /// <inheritdoc/>
    public static int BlockSize => 256;

    /// <inheritdoc/>
    public static int BlockBytes => 110;

    /// <inheritdoc/>
    public static int LeadingBytes => 0;

    /// <inheritdoc/>
    public static int GroupSize => 16;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(108)
            * ((((b.Byte(96 + (i / 16 % 8)) >> (i / 128 * 4)) & 15) | (((b.Byte(104 + (i / 16 % 4)) >> (i / 64 * 2)) & 3) << 4)) - 32),
        Code: (((b.Byte(32 + (i / 128 * 32) + (i % 32)) >> (i / 32 % 4 * 2)) & 3) | (((b.Byte(i % 32) >> (i / 32)) & 1) << 2)) - 4);

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[256];
        Span<sbyte> scales = stackalloc sbyte[16];
        Half scale = SuperBlock.Symmetric(values, importance, s_codes, -32, codes, scales);
        block[..BlockBytes].Clear();
        BinaryPrimitives.WriteHalfLittleEndian(block[108..], scale);
        for (int group = 0; group < scales.Length; group++)
        {
            int stored = scales[group] + 32;
            block[96 + (group % 8)] |= (byte)((stored & 15) << (group / 8 * 4));
            block[104 + (group % 4)] |= (byte)(stored >> 4 << (group / 4 * 2));
        }

        for (int i = 0; i < codes.Length; i++)
        {
            block[i % 32] |= (byte)(codes[i] >> 2 << (i / 32));
            block[32 + (i / 128 * 32) + (i % 32)] |= (byte)((codes[i] & 3) << (i / 32 % 4 * 2));
        }
    }
}

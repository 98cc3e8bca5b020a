using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>
/// GGUF's Q6_K: super-blocks of 256 six-bit codes minus 32, in 16 groups of 16 with signed 8-bit scales under one half-precision scale.
/// Bytes: 128 of the codes' lower nibbles, 64 of their upper bit pairs, 16 scales, the half. A byte of nibbles holds elements 64 apart, one
/// of pairs elements 32 apart. 6.5625 bits an element. Source: ggml, block_q6_K.
/// </summary>
public readonly struct Q6_K : IQuantEncoder
{
    private static readonly CodeGrid s_codes = CodeGrid.Even(-32, 31);

    /// <inheritdoc/>
    public static int BlockSize => 256;

    /// <inheritdoc/>
    public static int BlockBytes => 210;

    /// <inheritdoc/>
    public static int LeadingBytes => 0;

    /// <inheritdoc/>
    public static int GroupSize => 16;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(208) * b.SByte(192 + (i / 16)),
        Code: (((b.Byte((i / 128 * 64) + (i % 64)) >> (i / 64 % 2 * 4)) & 15)
            | (((b.Byte(128 + (i / 128 * 32) + (i % 32)) >> (i / 32 % 4 * 2)) & 3) << 4)) - 32);

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[256];
        Span<sbyte> scales = stackalloc sbyte[16];
        Half scale = SuperBlock.Symmetric(values, importance, s_codes, -128, codes, scales);
        block[..BlockBytes].Clear();
        BinaryPrimitives.WriteHalfLittleEndian(block[208..], scale);
        for (int group = 0; group < scales.Length; group++)
            block[192 + group] = (byte)scales[group];
        for (int i = 0; i < codes.Length; i++)
        {
            block[(i / 128 * 64) + (i % 64)] |= (byte)((codes[i] & 15) << (i / 64 % 2 * 4));
            block[128 + (i / 128 * 32) + (i % 32)] |= (byte)(codes[i] >> 4 << (i / 32 % 4 * 2));
        }
    }
}

namespace KernelFoundry;

/// <summary>
/// GGUF's Q4_K: super-blocks of 256 four-bit codes, in 8 groups of 32 with 6-bit scales and minima under one half-precision scale of each.
/// Bytes: the two halves, 12 of <see cref="SixBitScales"/>, 32 for every two groups, the first in the low nibbles. 4.5 bits an element.
/// Source: ggml, block_q4_K.
/// </summary>
public readonly struct Q4_K : IQuantEncoder
{
    /// <inheritdoc/>
    public static int BlockSize => 256;

    /// <inheritdoc/>
    public static int BlockBytes => 144;

    /// <inheritdoc/>
    public static int GroupSize => 32;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(0) * SixBitScales.Scale(b, i / 32),
        Code: (b.Byte(16 + (i / 64 * 32) + (i % 32)) >> (i / 32 % 2 * 4)) & 15,
        Offset: -(b.Half(2) * SixBitScales.Minimum(b, i / 32)));

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[256], scales = stackalloc byte[8], minima = stackalloc byte[8];
        block[..BlockBytes].Clear();
        SuperBlock.Affine(values, importance, 15, 63, codes, scales, minima, block);
        SixBitScales.Pack(scales, minima, block);
        for (int i = 0; i < codes.Length; i++)
            block[16 + (i / 64 * 32) + (i % 32)] |= (byte)(codes[i] << (i / 32 % 2 * 4));
    }
}

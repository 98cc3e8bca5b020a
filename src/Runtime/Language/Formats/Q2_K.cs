namespace KernelFoundry;

/// <summary>
/// GGUF's Q2_K: super-blocks of 256 two-bit codes, in 16 groups of 16 with 4-bit scales and minima under one half-precision scale of each.
/// Bytes: 16 of group scale (low nibble) and minimum (high nibble), 64 of codes, the two halves. Each byte of codes holds elements 32
/// apart. 2.625 bits an element. Source: ggml, block_q2_K.
/// </summary>
public readonly struct Q2_K : IQuantEncoder
{
    /// <inheritdoc/>
    public static int BlockSize => 256;

    /// <inheritdoc/>
    public static int BlockBytes => 84;

    /// <inheritdoc/>
    public static int GroupSize => 16;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(80) * (b.Byte(i / 16) & 15),
        Code: (b.Byte(16 + (i / 128 * 32) + (i % 32)) >> (i / 32 % 4 * 2)) & 3,
        Offset: -(b.Half(82) * (b.Byte(i / 16) >> 4)));

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[256], scales = stackalloc byte[16], minima = stackalloc byte[16];
        block[..BlockBytes].Clear();
        SuperBlock.Affine(values, importance, 3, 15, codes, scales, minima, block[80..]);
        for (int group = 0; group < scales.Length; group++)
            block[group] = (byte)(scales[group] | (minima[group] << 4));
        for (int i = 0; i < codes.Length; i++)
            block[16 + (i / 128 * 32) + (i % 32)] |= (byte)(codes[i] << (i / 32 % 4 * 2));
    }
}

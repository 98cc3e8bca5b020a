using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>
/// GGUF's IQ4_XS: super-blocks of 256 four-bit indices into the table of <see cref="IQ4_NL"/>, in 8 groups of 32 with 6-bit scales minus 32
/// under one half-precision scale. Bytes: the scale, the scales' 8 upper bit pairs, their 8 lower nibbles, then 16 bytes a group, its first
/// 16 elements in the low nibbles. 4.25 bits an element. Source: ggml, block_iq4_xs.
/// </summary>
public readonly struct IQ4_XS : IQuantEncoder
{
    /// <inheritdoc/>
    public static int BlockSize => 256;

    /// <inheritdoc/>
    public static int BlockBytes => 136;

    /// <inheritdoc/>
    public static int GroupSize => 32;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(0) * ((((b.Byte(4 + (i / 64)) >> (i / 32 % 2 * 4)) & 15) | (((b.UInt16(2) >> (i / 32 * 2)) & 3) << 4)) - 32),
        Code: UnevenCodes.Of(b.Byte(8 + (i / 32 * 16) + (i % 16)) >> (i / 16 % 2 * 4)));

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[256];
        Span<sbyte> scales = stackalloc sbyte[8];
        Half scale = SuperBlock.Symmetric(values, importance, UnevenCodes.Grid, -32, codes, scales);
        block[..BlockBytes].Clear();
        BinaryPrimitives.WriteHalfLittleEndian(block, scale);
        int upper = 0;
        for (int group = 0; group < scales.Length; group++)
        {
            int stored = scales[group] + 32;
            block[4 + (group / 2)] |= (byte)((stored & 15) << (group % 2 * 4));
            upper |= stored >> 4 << (group * 2);
            Nibbles.Pack(codes.Slice(group * 32, 32), block[(8 + (group * 16))..]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(block[2..], (ushort)upper);
    }
}

using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>
/// GGUF's Q4_0: blocks of 32 four-bit codes minus 8 after a half-precision scale. The low nibbles are the block's first 16 elements, the high
/// nibbles its last. 4.5 bits an element.
/// </summary>
public readonly struct Q4_0 : IQuantEncoder
{
    private static readonly CodeGrid s_codes = CodeGrid.Even(-8, 7);

    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 18;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(Scale: b.Half(0), Code: ((b.Byte(2 + (i % 16)) >> (i / 16 * 4)) & 15) - 8);

    /// <summary>Quantizes one block as GGUF writers do: the value of largest magnitude gets code -8.</summary>
    /// <param name="values">32 values.</param>
    /// <param name="block">18 bytes to write.</param>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        float extreme = 0;
        foreach (float value in values[..BlockSize])
            extreme = MathF.Abs(value) > MathF.Abs(extreme) ? value : extreme;
        float scale = extreme / -8;
        float inverse = scale == 0 ? 0 : 1 / scale;
        BinaryPrimitives.WriteHalfLittleEndian(block, WeightedError.Stored(scale));
        for (int i = 0; i < BlockSize / 2; i++)
            block[2 + i] = (byte)(Nibble(values[i] * inverse) | (Nibble(values[i + (BlockSize / 2)] * inverse) << 4));

        static int Nibble(float scaled) => Math.Min(15, (int)(scaled + 8.5f));
    }

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        if (importance.IsEmpty)
        {
            Encode(values, block);
            return;
        }

        Span<byte> codes = stackalloc byte[32];
        s_codes.Block(values, importance, codes, block);
        Nibbles.Pack(codes, block[2..]);
    }
}

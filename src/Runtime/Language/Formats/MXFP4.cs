using static KernelFoundry.Ops;

namespace KernelFoundry;

/// <summary>
/// GGUF's MXFP4: blocks of 32 four-bit floats (E2M1) after a scale byte that is a power of two (E8M0). Codes are twice the floats' values,
/// so that they are integers, and scales half of what the byte says: 2^(byte - 128). The low nibbles are the block's first 16 elements, the
/// high nibbles its last. 4.25 bits an element. Sources: OCP Microscaling Formats 1.0, section 5; ggml, block_mxfp4 and kvalues_mxfp4.
/// </summary>
public readonly struct MXFP4 : IQuantEncoder
{
    private const int LargestExponent = 252;
    private static readonly CodeGrid s_codes = CodeGrid.Of([0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]);

    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 17;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(
        Scale: Scale(b.Byte(0)),
        Code: Lookup(b.Byte(1 + (i % 16)) >> (i / 16 * 4), 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12));

    /// <inheritdoc cref="IQuantEncoder.Encode"/>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block) => Encode(values, [], block);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> codes = stackalloc byte[32];
        Span<float> weights = stackalloc float[32];
        WeightedError.Weights(values[..32], importance, weights);

        // The largest code is 12: either the largest value is rounded down to it, or the scale is the next one. Above the last exponent,
        // 12 is infinite.
        float largest = WeightedError.Largest(values[..32]);
        int low = largest == 0 ? 0 : Math.Clamp(Math.ILogB(largest) + 125, 0, LargestExponent);
        block[0] = (byte)low;
        double least = double.PositiveInfinity;
        for (int exponent = low; exponent <= Math.Min(low + 1, LargestExponent); exponent++)
        {
            double error = s_codes.Error(values[..32], weights, Scale(exponent));
            if (error < least)
                (least, block[0]) = (error, (byte)exponent);
        }

        s_codes.Assign(values[..32], Scale(block[0]), codes);
        Nibbles.Pack(codes, block[1..]);
    }

    // 2^(byte - 128): the two least are below the smallest normal float.
    [DeviceFunction]
    private static float Scale(int exponent) => BitcastToFloat(exponent < 2 ? 0x200000 << exponent : (exponent - 1) << 23);
}

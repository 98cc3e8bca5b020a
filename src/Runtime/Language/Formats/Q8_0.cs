using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>GGUF's Q8_0: blocks of 32 signed bytes after a half-precision scale. 8.5 bits an element.</summary>
public readonly struct Q8_0 : IQuantEncoder
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 34;

    /// <inheritdoc/>
    public static Quantized Decode(Block b, int i) => new(Scale: b.Half(0), Code: b.SByte(2 + i));

    /// <summary>Quantizes one block as GGUF writers do: scale = largest magnitude / 127, codes rounded half away from zero.</summary>
    /// <param name="values">32 values.</param>
    /// <param name="block">34 bytes to write.</param>
    public static void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        float largest = 0;
        foreach (float value in values[..BlockSize])
            largest = MathF.Max(largest, MathF.Abs(value));
        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        BinaryPrimitives.WriteHalfLittleEndian(block, WeightedError.Stored(scale));
        for (int i = 0; i < BlockSize; i++)
            block[2 + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
    }
    /// <inheritdoc/>
    /// <remarks>Eight bits leave no room for a better scale: importance does not count.</remarks>
    public static void Encode(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> block) => Encode(values, block);
}

using System.Buffers.Binary;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>
/// A tensor as a file stores it and as the numbers it stands for, written from the format's description: quantizing and reading back
/// share nothing with the library.
/// </summary>
internal sealed record TensorData(GgmlType Type, ulong[] Dimensions, byte[] Bytes, double[] Values)
{
    private const int Block = 32;

    public static TensorData Encode(GgmlType type, ulong[] dimensions, float[] values) => type switch
    {
        GgmlType.F32 => Elements(type, dimensions, values, 4, (span, x) => BinaryPrimitives.WriteSingleLittleEndian(span, x), x => x),
        GgmlType.F16 => Elements(
            type, dimensions, values, 2, (span, x) => BinaryPrimitives.WriteHalfLittleEndian(span, (Half)x), x => (double)(Half)x),
        GgmlType.BF16 => Elements(
            type, dimensions, values, 2, (span, x) => BinaryPrimitives.WriteUInt16LittleEndian(span, Upper(x)), Shortened),
        GgmlType.Q8_0 => Blocks(type, dimensions, values, 34, 127, EightBits),
        GgmlType.Q4_0 => Blocks(type, dimensions, values, 18, 7, FourBits),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static TensorData Elements(
        GgmlType type, ulong[] dimensions, float[] values, int size, Action<Span<byte>, float> write, Func<float, double> read)
    {
        var bytes = new byte[values.Length * size];
        for (int i = 0; i < values.Length; i++)
            write(bytes.AsSpan(i * size, size), values[i]);
        return new TensorData(type, dimensions, bytes, [.. values.Select(read)]);
    }

    private static TensorData Blocks(
        GgmlType type, ulong[] dimensions, float[] values, int size, int largest, Action<Span<byte>, int[]> write)
    {
        var bytes = new byte[values.Length / Block * size];
        var read = new double[values.Length];
        for (int b = 0; b < values.Length / Block; b++)
        {
            float[] block = values[(b * Block)..((b + 1) * Block)];
            var scale = (Half)(block.Max(MathF.Abs) / largest);
            int[] codes = [.. block.Select(x => (int)Math.Clamp(Math.Round(x / Math.Max((double)scale, 1e-9)), -largest, largest))];
            Span<byte> at = bytes.AsSpan(b * size, size);
            BinaryPrimitives.WriteHalfLittleEndian(at, scale);
            write(at[2..], codes);
            for (int i = 0; i < Block; i++)
                read[(b * Block) + i] = (double)scale * codes[i];
        }

        return new TensorData(type, dimensions, bytes, read);
    }

    private static void EightBits(Span<byte> block, int[] codes)
    {
        for (int i = 0; i < Block; i++)
            block[i] = (byte)(sbyte)codes[i];
    }

    // The first half of a block is in the low nibbles, the second in the high ones.
    private static void FourBits(Span<byte> block, int[] codes)
    {
        for (int i = 0; i < Block / 2; i++)
            block[i] = (byte)((codes[i] + 8) | ((codes[i + (Block / 2)] + 8) << 4));
    }

    private static double Shortened(float x) => BitConverter.UInt32BitsToSingle((uint)Upper(x) << 16);

    private static ushort Upper(float x) => (ushort)(BitConverter.SingleToUInt32Bits(x) >> 16);
}

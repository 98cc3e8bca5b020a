using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>How blocks of 32 elements pack their codes.</summary>
internal static class Nibbles
{
    private const int Half = 16;

    /// <summary>The low four bits of 32 codes in 16 bytes, the first 16 in the low nibbles.</summary>
    public static void Pack(ReadOnlySpan<byte> codes, Span<byte> bytes)
    {
        for (int i = 0; i < Half; i++)
            bytes[i] = (byte)((codes[i] & 15) | (codes[i + Half] << 4));
    }

    /// <summary>The fifth bits of 32 codes, that of element i bit i.</summary>
    public static void PackFifthBits(ReadOnlySpan<byte> codes, Span<byte> bytes)
    {
        uint bits = 0;
        for (int i = 0; i < 2 * Half; i++)
            bits |= (uint)(codes[i] >> 4) << i;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, bits);
    }
}

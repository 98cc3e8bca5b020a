using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Hash of short byte strings. Keyed afresh in every process, so that no vocabulary can be made whose texts collide on purpose.
/// Multiply and fold, eight bytes a step.
/// </summary>
internal static class TextHash
{
    private static readonly ulong s_key = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private static readonly ulong s_multiplier = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    public static uint Compute(ReadOnlySpan<byte> text)
    {
        ulong state = Fold(s_key ^ (ulong)text.Length);
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
            state = Fold(state ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
        ulong tail = 0;
        foreach (byte b in text)
            tail = (tail << 8) | b;
        state = Fold(state ^ tail);
        return (uint)(state ^ (state >> 32));
    }

    private static ulong Fold(ulong value)
    {
        ulong high = Math.BigMul(value, s_multiplier, out ulong low);
        return (high ^ low) + s_key;
    }
}

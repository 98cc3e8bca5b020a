using System.Buffers.Binary;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Hash of short byte strings. Keyed afresh in every process, so that no vocabulary can be made whose texts collide on purpose.
/// Multiply and fold, eight bytes a step.
/// </summary>
internal static class TextHash
{
    private static readonly ulong s_key = HashKey.Draw();
    private static readonly ulong s_multiplier = HashKey.Draw() | 1;

    public static uint Compute(ReadOnlySpan<byte> text)
    {
        ulong state = Fold(s_key ^ (ulong)text.Length);
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
            state = Fold(state ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
        if (!text.IsEmpty)
            state = Fold(state ^ Tail(text));
        return (uint)(state ^ (state >> 32));
    }

    /// <summary>Up to seven bytes as one number, each in it once or twice.</summary>
    private static ulong Tail(ReadOnlySpan<byte> text) => text.Length >= sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(text) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^sizeof(uint)..]) << 32)
        : text[0] | ((ulong)text[text.Length / 2] << 8) | ((ulong)text[^1] << 16);

    private static ulong Fold(ulong value)
    {
        ulong high = Math.BigMul(value, s_multiplier, out ulong low);
        return (high ^ low) + s_key;
    }
}

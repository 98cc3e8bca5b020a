namespace KernelFoundry.Inference.Decoding;

/// <summary>A set of bytes.</summary>
internal readonly record struct ByteSet(ulong A, ulong B, ulong C, ulong D)
{
    public static ByteSet Of(byte first, byte last)
    {
        Span<ulong> words = stackalloc ulong[4];
        for (int each = first; each <= last; each++)
            words[each >> 6] |= 1UL << each;
        return new ByteSet(words[0], words[1], words[2], words[3]);
    }

    public ByteSet Or(ByteSet other) => new(A | other.A, B | other.B, C | other.C, D | other.D);

    public bool Contains(byte each) => (((each >> 6) switch { 0 => A, 1 => B, 2 => C, _ => D }) >> each & 1) != 0;
}

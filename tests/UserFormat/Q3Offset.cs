namespace KernelFoundry.UserFormat.Tests;

/// <summary>
/// A format of a user's own: 3-bit codes, four bits apart, in blocks of 32 whose halves have scales of their own, and one least value a
/// block. The codes of elements 2j and 2j + 1 share a byte. 5 bits an element.
/// </summary>
public readonly struct Q3Offset : IQuantFormat
{
    public static int BlockSize => 32;

    public static int BlockBytes => 22;

    public static int GroupSize => 16;

    public static Quantized Decode(Block b, int i) => new(
        Scale: b.Half(i / 16 * 2), Code: (b.Byte(6 + (i / 2)) >> (i % 2 * 4)) & 7, Offset: b.Half(4));
}

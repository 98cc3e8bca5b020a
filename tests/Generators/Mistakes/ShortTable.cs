// KF0001 14:30

using KernelFoundry;
using static KernelFoundry.Ops;

public readonly struct Short : IQuantFormat
{
    public static int BlockSize => 32;

    public static int BlockBytes => 18;

    // Fifteen entries.
    public static Quantized Decode(Block b, int i) =>
        new(b.Half(0), Code: Lookup(b.Byte(2 + (i % 16)) >> (i / 16 * 4), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

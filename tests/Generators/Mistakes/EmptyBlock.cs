// KF0023 7:24

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public readonly struct Odd : IQuantFormat
{
    public static int BlockSize => 32;

    public static int BlockBytes => 0;

    public static Quantized Decode(Block b, int i) => new(b.Half(0), b.SByte(2 + i));
}

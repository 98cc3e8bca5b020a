// KF0001 11:37

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public readonly struct Odd : IQuantFormat
{
    public static int BlockSize => 32;

    public static int BlockBytes => Count;

    public static int Count { get; set; } = 34;

    public static Quantized Decode(Block b, int i) => new(b.Half(0), b.SByte(2 + i));
}

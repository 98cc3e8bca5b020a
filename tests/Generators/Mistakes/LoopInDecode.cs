// KF0022 16:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public readonly struct Odd : IQuantFormat
{
    public static int BlockSize => 32;

    public static int BlockBytes => 34;

    public static Quantized Decode(Block b, int i)
    {
        int code = 0;
        for (int k = 0; k < i; k++)
            code += b.Byte(k);
        return new(b.Half(0), code);
    }
}

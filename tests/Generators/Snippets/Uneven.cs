using KernelFoundry;
using static KernelFoundry.Ops;

namespace Samples;

public static partial class Tables
{
    [Kernel]
    public static void Dequantize<[Elements(typeof(Uneven))] T>(View1<T> x, View1<float> y)
        where T : unmanaged
    {
        var i = ProgramRange(0, x.Extent0, 64);
        y.Store(i, x.Load(i));
    }
}

/// <summary>Four-bit codes by table.</summary>
public readonly struct Uneven : IQuantFormat
{
    public static int BlockSize => 32;

    public static int BlockBytes => 18;

    public static Quantized Decode(Block b, int i) => new(
        b.Half(0),
        Lookup(b.Byte(2 + (i % 16)) >> (i / 16 * 4), -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113));
}

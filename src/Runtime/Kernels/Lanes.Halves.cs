using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <content>Single halves, such as the scale of a block: the conversion is a call, which would have a loop spill its vectors.</content>
public static unsafe partial class Lanes
{
    /// <summary>The value of every half, indexed by its bits; 256 KB.</summary>
    public static readonly float* Halves = MakeHalves();

    private static float* MakeHalves()
    {
        const int Count = ushort.MaxValue + 1;
        float* table = (float*)NativeMemory.AlignedAlloc(Count * sizeof(float), 64);
        for (int bits = 0; bits < Count; bits++)
            table[bits] = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
        return table;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Stores of what a mask lets through, one after another.</content>
public static unsafe partial class Lanes
{
    /// <summary>Stores the lanes that a mask lets through, of the first so many, one after another.</summary>
    /// <returns>How many there were.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StorePacked(Vector512<int> v, int* p, Vector512<int> mask, int count = 16)
    {
        uint lanes = Bits(mask) & First(count);
#if NET10_0_OR_GREATER
        if (Avx512F.IsSupported)
        {
            int stored = BitOperations.PopCount(lanes);

            // What is left out of a tail is let through here: it comes last, and is not stored.
            Avx512F.MaskStore(p, First512(stored), Avx512F.Compress(Vector512<int>.Zero, mask, v));
            return stored;
        }
#endif
        return StorePacked((int*)&v, p, lanes);
    }

    /// <inheritdoc cref="StorePacked(Vector512{int}, int*, Vector512{int}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StorePacked(Vector512<float> v, float* p, Vector512<int> mask, int count = 16) => StorePacked(v.AsInt32(), (int*)p, mask, count);

    /// <inheritdoc cref="StorePacked(Vector512{int}, int*, Vector512{int}, int)"/>
    public static int StorePacked(Vector256<int> v, int* p, Vector256<int> mask, int count = 8) => StorePacked((int*)&v, p, Bits(mask) & First(count));

    /// <inheritdoc cref="StorePacked(Vector512{int}, int*, Vector512{int}, int)"/>
    public static int StorePacked(Vector256<float> v, float* p, Vector256<int> mask, int count = 8) => StorePacked(v.AsInt32(), (int*)p, mask, count);

    /// <inheritdoc cref="StorePacked(Vector512{int}, int*, Vector512{int}, int)"/>
    public static int StorePacked(Vector128<int> v, int* p, Vector128<int> mask, int count = 4) => StorePacked((int*)&v, p, Bits(mask) & First(count));

    /// <inheritdoc cref="StorePacked(Vector512{int}, int*, Vector512{int}, int)"/>
    public static int StorePacked(Vector128<float> v, float* p, Vector128<int> mask, int count = 4) => StorePacked(v.AsInt32(), (int*)p, mask, count);

    private static int StorePacked(int* v, int* p, uint lanes)
    {
        int stored = 0;
        for (; lanes != 0; lanes &= lanes - 1)
            p[stored++] = v[Lowest(lanes)];
        return stored;
    }
}

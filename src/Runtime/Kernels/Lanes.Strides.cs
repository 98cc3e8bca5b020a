using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Every second element of a row, of vectors of 512 bits. What lies between is not written, and nothing past the last is touched.</content>
public static unsafe partial class Lanes
{
    /// <summary>Lane l is p[2l].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> EverySecond(float* p) => EverySecond((int*)p).AsSingle();

    /// <inheritdoc cref="EverySecond(float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> EverySecond(int* p) => Avx512F.PermuteVar16x32x2(
        Vector512.Load(p), Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31), Vector512.Load(p + 15));

    /// <summary>p[2l] becomes lane l.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEverySecond(Vector512<float> v, float* p) => StoreEverySecond(v.AsInt32(), (int*)p);

    /// <inheritdoc cref="StoreEverySecond(Vector512{float}, float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreEverySecond(Vector512<int> v, int* p)
    {
        Vector512<int> even = Vector512.Create(0xFFFFFFFFL).AsInt32();
        Avx512F.MaskStore(p, even, Avx512F.PermuteVar16x32(v, Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7)));
        Avx512F.MaskStore(p + 16, even, Avx512F.PermuteVar16x32(v, Vector512.Create(8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15)));
    }
}

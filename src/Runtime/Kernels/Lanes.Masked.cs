using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Reads of the lanes a guard lets through, all ones or zero; the others are not touched, and are given.</content>
public static unsafe partial class Lanes
{
    /// <summary>The lanes that the guard lets through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(float* p, Vector512<int> guard, Vector512<float> other) => Load512((int*)p, guard, other.AsInt32()).AsSingle();

    /// <summary>The lanes that the guard lets through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(int* p, Vector512<int> guard, Vector512<int> other) => Avx512F.IsSupported
        ? Avx512F.MaskLoad(p, guard, other)
        : Vector512.Create(Load256(p, guard.GetLower(), other.GetLower()), Load256(p + 8, guard.GetUpper(), other.GetUpper()));

    /// <summary>The lanes that the guard lets through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(float* p, Vector256<int> guard, Vector256<float> other) => Load256((int*)p, guard, other.AsInt32()).AsSingle();

    /// <summary>The lanes that the guard lets through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(int* p, Vector256<int> guard, Vector256<int> other) => Avx2.IsSupported
        ? Vector256.ConditionalSelect(guard, Avx2.MaskLoad(p, guard), other)
        : Vector256.Create(Load128(p, guard.GetLower(), other.GetLower()), Load128(p + 4, guard.GetUpper(), other.GetUpper()));

    /// <summary>The lanes that the guard lets through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load128(float* p, Vector128<int> guard, Vector128<float> other) => Load128((int*)p, guard, other.AsInt32()).AsSingle();

    /// <summary>The lanes that the guard lets through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load128(int* p, Vector128<int> guard, Vector128<int> other) => Avx2.IsSupported
        ? Vector128.ConditionalSelect(guard, Avx2.MaskLoad(p, guard), other)
        : Vector128.Create(
            guard[0] != 0 ? p[0] : other[0], guard[1] != 0 ? p[1] : other[1], guard[2] != 0 ? p[2] : other[2], guard[3] != 0 ? p[3] : other[3]);
}

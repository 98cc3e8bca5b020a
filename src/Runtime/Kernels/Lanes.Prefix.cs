using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Sums of the lanes up to each, in steps that double how far they reach (Hillis and Steele, 1986), and the greater and the lesser of two floats.</content>
public static unsafe partial class Lanes
{
    /// <summary>Lane l of the result is the sum of the lanes 0 to l, wrapping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Prefix(Vector512<int> v)
    {
        v += Avx512F.AlignRight32(v, Vector512<int>.Zero, 15);
        v += Avx512F.AlignRight32(v, Vector512<int>.Zero, 14);
        v += Avx512F.AlignRight32(v, Vector512<int>.Zero, 12);
        return v + Avx512F.AlignRight32(v, Vector512<int>.Zero, 8);
    }

    /// <inheritdoc cref="Prefix(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Prefix(Vector256<int> v)
    {
        v += Avx2.ShiftLeftLogical128BitLane(v, 4);
        v += Avx2.ShiftLeftLogical128BitLane(v, 8);
        return v + Vector256.Create(Vector128<int>.Zero, Vector128.Create(v.GetElement(3)));
    }

    /// <inheritdoc cref="Prefix(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Prefix(Vector128<int> v)
    {
        if (!Sse2.IsSupported)
            return Vector128.Create(v[0], v[0] + v[1], v[0] + v[1] + v[2], v[0] + v[1] + v[2] + v[3]);
        v += Sse2.ShiftLeftLogical128BitLane(v, 4);
        return v + Sse2.ShiftLeftLogical128BitLane(v, 8);
    }

    /// <inheritdoc cref="Prefix(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Prefix(Vector512<uint> v) => Prefix(v.AsInt32()).AsUInt32();

    /// <inheritdoc cref="Prefix(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Prefix(Vector256<uint> v) => Prefix(v.AsInt32()).AsUInt32();

    /// <inheritdoc cref="Prefix(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Prefix(Vector128<uint> v) => Prefix(v.AsInt32()).AsUInt32();

    /// <summary>a &gt; b ? a : b, lane by lane: b where either is NaN or both are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Larger(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.Max(a, b) : Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    /// <summary>a &lt; b ? a : b, lane by lane: b where either is NaN or both are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Smaller(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.Min(a, b) : Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Random bits of many counters at once, and the upper halves of products they are made of.</content>
public static unsafe partial class Lanes
{
    // Of Philox4x32: multipliers and what the key grows by, as in Salmon et al., SC11, section 4.3.
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, KeyStep0 = 0x9E3779B9, KeyStep1 = 0xBB67AE85;
    private const int PhiloxRounds = 10;

    /// <summary>The upper halves of the 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> MulHi(Vector512<uint> a, Vector512<uint> b) =>
        Uppers(Avx512F.Multiply(a, b).AsUInt64(), Avx512F.Multiply(Odd(a.AsUInt32()).AsUInt32(), Odd(b.AsUInt32()).AsUInt32()).AsUInt64());

    /// <summary>The upper halves of the 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MulHi(Vector512<int> a, Vector512<int> b) =>
        Uppers(Avx512F.Multiply(a, b).AsUInt64(), Avx512F.Multiply(Odd(a.AsUInt32()).AsInt32(), Odd(b.AsUInt32()).AsInt32()).AsUInt64()).AsInt32();

    /// <summary>First words of Philox4x32-10 as <see cref="Philox(uint, uint, uint)"/> gives them, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector512<uint> Philox(Vector512<uint> seed, Vector512<uint> stream, Vector512<uint> counter)
    {
        Vector512<uint> c0 = counter, c1 = stream, c2 = Vector512<uint>.Zero, c3 = c2, k0 = seed, k1 = c2;
        for (int round = 0; round < PhiloxRounds; round++)
        {
            Vector512<uint> m0 = Vector512.Create(Multiplier0), m1 = Vector512.Create(Multiplier1);
            Vector512<uint> upper0 = MulHi(c0, m0), upper1 = MulHi(c2, m1);
            (c0, c1, c2, c3) = (upper1 ^ c1 ^ k0, c2 * m1, upper0 ^ c3 ^ k1, c0 * m0);
            k0 += Vector512.Create(KeyStep0);
            k1 += Vector512.Create(KeyStep1);
        }

        return c0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Odd(Vector512<uint> v) => (v.AsUInt64() >>> 32).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Uppers(Vector512<ulong> even, Vector512<ulong> odd) => ((even >>> 32) | (odd & Vector512.Create(0xFFFFFFFF00000000))).AsUInt32();

    /// <summary>The upper halves of the 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MulHi(Vector256<uint> a, Vector256<uint> b) =>
        Uppers(Avx2.Multiply(a, b).AsUInt64(), Avx2.Multiply(Odd(a.AsUInt32()).AsUInt32(), Odd(b.AsUInt32()).AsUInt32()).AsUInt64());

    /// <summary>The upper halves of the 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MulHi(Vector256<int> a, Vector256<int> b) =>
        Uppers(Avx2.Multiply(a, b).AsUInt64(), Avx2.Multiply(Odd(a.AsUInt32()).AsInt32(), Odd(b.AsUInt32()).AsInt32()).AsUInt64()).AsInt32();

    /// <summary>First words of Philox4x32-10 as <see cref="Philox(uint, uint, uint)"/> gives them, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector256<uint> Philox(Vector256<uint> seed, Vector256<uint> stream, Vector256<uint> counter)
    {
        Vector256<uint> c0 = counter, c1 = stream, c2 = Vector256<uint>.Zero, c3 = c2, k0 = seed, k1 = c2;
        for (int round = 0; round < PhiloxRounds; round++)
        {
            Vector256<uint> m0 = Vector256.Create(Multiplier0), m1 = Vector256.Create(Multiplier1);
            Vector256<uint> upper0 = MulHi(c0, m0), upper1 = MulHi(c2, m1);
            (c0, c1, c2, c3) = (upper1 ^ c1 ^ k0, c2 * m1, upper0 ^ c3 ^ k1, c0 * m0);
            k0 += Vector256.Create(KeyStep0);
            k1 += Vector256.Create(KeyStep1);
        }

        return c0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Odd(Vector256<uint> v) => (v.AsUInt64() >>> 32).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Uppers(Vector256<ulong> even, Vector256<ulong> odd) => ((even >>> 32) | (odd & Vector256.Create(0xFFFFFFFF00000000))).AsUInt32();

    /// <summary>The upper halves of the 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> MulHi(Vector128<uint> a, Vector128<uint> b) => Sse2.IsSupported
        ? Uppers(Sse2.Multiply(a, b), Sse2.Multiply(Odd(a), Odd(b)))
        : Vector128.Create(MulHi(a[0], b[0]), MulHi(a[1], b[1]), MulHi(a[2], b[2]), MulHi(a[3], b[3]));

    /// <summary>The upper halves of the 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MulHi(Vector128<int> a, Vector128<int> b) => Vector128.Create(MulHi(a[0], b[0]), MulHi(a[1], b[1]), MulHi(a[2], b[2]), MulHi(a[3], b[3]));

    /// <summary>First words of Philox4x32-10 as <see cref="Philox(uint, uint, uint)"/> gives them, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector128<uint> Philox(Vector128<uint> seed, Vector128<uint> stream, Vector128<uint> counter)
    {
        Vector128<uint> c0 = counter, c1 = stream, c2 = Vector128<uint>.Zero, c3 = c2, k0 = seed, k1 = c2;
        for (int round = 0; round < PhiloxRounds; round++)
        {
            Vector128<uint> m0 = Vector128.Create(Multiplier0), m1 = Vector128.Create(Multiplier1);
            Vector128<uint> upper0 = MulHi(c0, m0), upper1 = MulHi(c2, m1);
            (c0, c1, c2, c3) = (upper1 ^ c1 ^ k0, c2 * m1, upper0 ^ c3 ^ k1, c0 * m0);
            k0 += Vector128.Create(KeyStep0);
            k1 += Vector128.Create(KeyStep1);
        }

        return c0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Odd(Vector128<uint> v) => (v.AsUInt64() >>> 32).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Uppers(Vector128<ulong> even, Vector128<ulong> odd) => ((even >>> 32) | (odd & Vector128.Create(0xFFFFFFFF00000000))).AsUInt32();
}

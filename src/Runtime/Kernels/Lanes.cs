using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <summary>What generated CPU code calls where no vector operator says it: the last steps of a lane reduction, narrow loads, random bits.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Lanes
{
    /// <summary>(0 + 2) + (1 + 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> v)
    {
        Vector128<float> pairs = v + Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1));
        return pairs.ToScalar() + pairs.GetElement(1);
    }

    /// <summary>The sum of the lanes, wrapping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector128<int> v) => Vector128.Sum(v);

    /// <summary>The sum of the lanes, wrapping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Sum(Vector128<uint> v) => Vector128.Sum(v);

    /// <summary>The greatest lane; no lane is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector128<T> v)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        // Without a branch, which nothing could predict, and without memory, which the JIT would swap halves in.
        Vector128<T> pairs = Vector128.MaxNative(v, Vector128.Shuffle(v.AsInt32(), Vector128.Create(2, 3, 0, 1)).As<int, T>());
        return Vector128.MaxNative(pairs, Vector128.Shuffle(pairs.AsInt32(), Vector128.Create(1, 0, 3, 2)).As<int, T>()).ToScalar();
    }

    /// <summary>The least lane; no lane is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector128<T> v)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        // Without a branch, which nothing could predict, and without memory, which the JIT would swap halves in.
        Vector128<T> pairs = Vector128.MinNative(v, Vector128.Shuffle(v.AsInt32(), Vector128.Create(2, 3, 0, 1)).As<int, T>());
        return Vector128.MinNative(pairs, Vector128.Shuffle(pairs.AsInt32(), Vector128.Create(1, 0, 3, 2)).As<int, T>()).ToScalar();
    }

    /// <summary>The sum of the lanes: l with l + 8, and so on by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> v) => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The sum of the lanes: l with l + 8, and so on by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector512<int> v) => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The sum of the lanes: l with l + 8, and so on by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Sum(Vector512<uint> v) => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The sum of the lanes: l with l + 4, and so on by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> v) => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The sum of the lanes: l with l + 4, and so on by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector256<int> v) => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The sum of the lanes: l with l + 4, and so on by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Sum(Vector256<uint> v) => Sum(v.GetLower() + v.GetUpper());

    /// <summary>The greatest lane; no lane is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector512<T> v)
        where T : unmanaged, System.Numerics.INumber<T> => Max(Vector256.MaxNative(v.GetLower(), v.GetUpper()));

    /// <summary>The greatest lane; no lane is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector256<T> v)
        where T : unmanaged, System.Numerics.INumber<T> => Max(Vector128.MaxNative(v.GetLower(), v.GetUpper()));

    /// <summary>The least lane; no lane is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector512<T> v)
        where T : unmanaged, System.Numerics.INumber<T> => Min(Vector256.MinNative(v.GetLower(), v.GetUpper()));

    /// <summary>The least lane; no lane is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector256<T> v)
        where T : unmanaged, System.Numerics.INumber<T> => Min(Vector128.MinNative(v.GetLower(), v.GetUpper()));

    /// <summary>Four bytes as four ints.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(byte* p) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(p)).AsByte())).AsInt32();

    /// <summary>Four signed bytes as four ints.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(sbyte* p) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(p)).AsSByte()));

    /// <summary>Four unsigned shorts as four ints.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(ushort* p) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(p)).AsUInt16()).AsInt32();

    /// <summary>Four shorts as four ints.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(short* p) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).AsInt16());

    /// <summary>Lane l of the result: a[2l] b[2l] + a[2l + 1] b[2l + 1], of eight signed bytes each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAddPairs(sbyte* a, sbyte* b)
    {
        Vector128<short> x = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(a)).AsSByte());
        Vector128<short> y = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(b)).AsSByte());
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(x, y);
        (Vector128<int> xl, Vector128<int> xu) = Vector128.Widen(x);
        (Vector128<int> yl, Vector128<int> yu) = Vector128.Widen(y);
        Vector128<int> low = xl * yl, high = xu * yu;
        Vector128<int> even = Vector128.Create(low[0], low[2], high[0], high[2]), odd = Vector128.Create(low[1], low[3], high[1], high[3]);
        return even + odd;
    }

    /// <summary>Asks for the cache line at an address, which may be any; nothing where the processor cannot be asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Asks for the cache line at an address, and for one so many bytes further for the first level of the cache alone: it is asked for again before it is used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address, int further)
    {
        Prefetch(address);
        if (Sse.IsSupported)
            Sse.PrefetchNonTemporal((byte*)address + further);
    }

    /// <summary>The upper half of the 64-bit product.</summary>
    public static uint MulHi(uint a, uint b) => (uint)(((ulong)a * b) >> 32);

    /// <summary>The upper half of the 64-bit product.</summary>
    public static int MulHi(int a, int b) => (int)(((long)a * b) >> 32);

    /// <summary>The magnitude, wrapping at the least int.</summary>
    public static int Abs(int value) => value < 0 ? unchecked(-value) : value;

    /// <summary>First word of Philox4x32-10 (Salmon et al., SC11) with key (seed, 0) and counter (counter, stream, 0, 0).</summary>
    public static uint Philox(uint seed, uint stream, uint counter) => Ops.Philox(seed, stream, counter);
}

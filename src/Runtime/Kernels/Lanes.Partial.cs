using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>
/// Reads and writes of a vector's first lanes, for the ends of rows: nothing past the count is touched, and lanes past it read zero. A count
/// may be negative or more than there are lanes.
/// </content>
public static unsafe partial class Lanes
{
    /// <summary>The first of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(float* p, int count) => Load512((int*)p, count).AsSingle();

    /// <summary>The first of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(int* p, int count) => Avx512F.IsSupported
        ? Avx512F.MaskLoad(p, First512(count), Vector512<int>.Zero)
        : Vector512.Create(Load256(p, count), Load256(p + 8, count - 8));

    /// <summary>The first of 16 bytes, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(byte* p, int count) => Avx512BW.VL.IsSupported
        ? Avx512F.ConvertToVector512Int32(Avx512BW.VL.MaskLoad(p, Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)Math.Clamp(count, 0, 16))), Vector128<byte>.Zero))
        : Vector512.Create(Load256(p, count), Load256(p + 8, count - 8));

    /// <summary>The first of 16 signed bytes, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(sbyte* p, int count) => Avx512BW.VL.IsSupported
        ? Avx512F.ConvertToVector512Int32(Avx512BW.VL.MaskLoad(p, Vector128.LessThan(Vector128<sbyte>.Indices, Vector128.Create((sbyte)Math.Clamp(count, 0, 16))), Vector128<sbyte>.Zero))
        : Vector512.Create(Load256(p, count), Load256(p + 8, count - 8));

    /// <summary>The first of 16 unsigned shorts, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(ushort* p, int count) => Avx512BW.VL.IsSupported
        ? Avx512F.ConvertToVector512Int32(Avx512BW.VL.MaskLoad(p, Vector256.LessThan(Vector256<ushort>.Indices, Vector256.Create((ushort)Math.Clamp(count, 0, 16))), Vector256<ushort>.Zero))
        : Vector512.Create(Load256(p, count), Load256(p + 8, count - 8));

    /// <summary>The first of 16 shorts, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load512(short* p, int count) => Avx512BW.VL.IsSupported
        ? Avx512F.ConvertToVector512Int32(Avx512BW.VL.MaskLoad(p, Vector256.LessThan(Vector256<short>.Indices, Vector256.Create((short)Math.Clamp(count, 0, 16))), Vector256<short>.Zero))
        : Vector512.Create(Load256(p, count), Load256(p + 8, count - 8));

    /// <summary>The first of eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(float* p, int count) => Load256((int*)p, count).AsSingle();

    /// <summary>The first of eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(int* p, int count) => Avx2.IsSupported
        ? Avx2.MaskLoad(p, First256(count))
        : Vector256.Create(Load128(p, count), Load128(p + 4, count - 4));

    /// <summary>The first of eight bytes, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(byte* p, int count) => Avx512BW.VL.IsSupported
        ? Avx2.ConvertToVector256Int32(Avx512BW.VL.MaskLoad(p, Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)Math.Clamp(count, 0, 8))), Vector128<byte>.Zero))
        : Vector256.Create(Load128(p, count), Load128(p + 4, count - 4));

    /// <summary>The first of eight signed bytes, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(sbyte* p, int count) => Avx512BW.VL.IsSupported
        ? Avx2.ConvertToVector256Int32(Avx512BW.VL.MaskLoad(p, Vector128.LessThan(Vector128<sbyte>.Indices, Vector128.Create((sbyte)Math.Clamp(count, 0, 8))), Vector128<sbyte>.Zero))
        : Vector256.Create(Load128(p, count), Load128(p + 4, count - 4));

    /// <summary>The first of eight unsigned shorts, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(ushort* p, int count) => Avx512BW.VL.IsSupported
        ? Avx2.ConvertToVector256Int32(Avx512BW.VL.MaskLoad(p, Vector128.LessThan(Vector128<ushort>.Indices, Vector128.Create((ushort)Math.Clamp(count, 0, 8))), Vector128<ushort>.Zero))
        : Vector256.Create(Load128(p, count), Load128(p + 4, count - 4));

    /// <summary>The first of eight shorts, widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load256(short* p, int count) => Avx512BW.VL.IsSupported
        ? Avx2.ConvertToVector256Int32(Avx512BW.VL.MaskLoad(p, Vector128.LessThan(Vector128<short>.Indices, Vector128.Create((short)Math.Clamp(count, 0, 8))), Vector128<short>.Zero))
        : Vector256.Create(Load128(p, count), Load128(p + 4, count - 4));

    /// <summary>The first of four lanes.</summary>
    public static Vector128<float> Load128(float* p, int count) => Load128((int*)p, count).AsSingle();

    /// <summary>The first of four lanes.</summary>
    public static Vector128<int> Load128(int* p, int count) => count >= 4
        ? Vector128.Load(p)
        : Vector128.Create(count > 0 ? p[0] : 0, count > 1 ? p[1] : 0, count > 2 ? p[2] : 0, 0);

    /// <summary>The first of four bytes, widened.</summary>
    public static Vector128<int> Load128(byte* p, int count) => count >= 4
        ? Widen(p)
        : Vector128.Create(count > 0 ? p[0] : 0, count > 1 ? p[1] : 0, count > 2 ? p[2] : 0, 0);

    /// <summary>The first of four signed bytes, widened.</summary>
    public static Vector128<int> Load128(sbyte* p, int count) => count >= 4
        ? Widen(p)
        : Vector128.Create(count > 0 ? p[0] : 0, count > 1 ? p[1] : 0, count > 2 ? p[2] : 0, 0);

    /// <summary>The first of four unsigned shorts, widened.</summary>
    public static Vector128<int> Load128(ushort* p, int count) => count >= 4
        ? Widen(p)
        : Vector128.Create(count > 0 ? p[0] : 0, count > 1 ? p[1] : 0, count > 2 ? p[2] : 0, 0);

    /// <summary>The first of four shorts, widened.</summary>
    public static Vector128<int> Load128(short* p, int count) => count >= 4
        ? Widen(p)
        : Vector128.Create(count > 0 ? p[0] : 0, count > 1 ? p[1] : 0, count > 2 ? p[2] : 0, 0);

    /// <summary>Stores the first of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> v, float* p, int count) => Store(v.AsInt32(), (int*)p, count);

    /// <summary>Stores the first of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> v, int* p, int count)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(p, First512(count), v);
            return;
        }

        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 8, count - 8);
    }

    /// <summary>Stores the first of eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> v, float* p, int count) => Store(v.AsInt32(), (int*)p, count);

    /// <summary>Stores the first of eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> v, int* p, int count)
    {
        if (Avx2.IsSupported)
        {
            Avx2.MaskStore(p, First256(count), v);
            return;
        }

        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 4, count - 4);
    }

    /// <summary>Stores the first of four lanes.</summary>
    public static void Store(Vector128<float> v, float* p, int count) => Store(v.AsInt32(), (int*)p, count);

    /// <summary>Stores the first of four lanes.</summary>
    public static void Store(Vector128<int> v, int* p, int count)
    {
        for (int lane = 0; lane < Math.Min(count, 4); lane++)
            p[lane] = v[lane];
    }

    /// <summary>Stores the first lanes, rounded.</summary>
    public static void Store(Vector512<float> v, Half* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 8, count - 8);
    }

    /// <summary>Stores the first lanes, rounded.</summary>
    public static void Store(Vector256<float> v, Half* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 4, count - 4);
    }

    /// <summary>Stores the first lanes, rounded.</summary>
    public static void Store(Vector128<float> v, Half* p, int count)
    {
        for (int lane = 0; lane < Math.Min(count, 4); lane++)
            p[lane] = (Half)v[lane];
    }

    /// <summary>Stores the first lanes, rounded.</summary>
    public static void Store(Vector512<float> v, BFloat16* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 8, count - 8);
    }

    /// <summary>Stores the first lanes, rounded.</summary>
    public static void Store(Vector256<float> v, BFloat16* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 4, count - 4);
    }

    /// <summary>Stores the first lanes, rounded.</summary>
    public static void Store(Vector128<float> v, BFloat16* p, int count)
    {
        for (int lane = 0; lane < Math.Min(count, 4); lane++)
            p[lane] = (BFloat16)v[lane];
    }

    /// <summary>Stores the first lanes, limited to -128 to 127.</summary>
    public static void Store(Vector512<int> v, sbyte* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 8, count - 8);
    }

    /// <summary>Stores the first lanes, limited to -128 to 127.</summary>
    public static void Store(Vector256<int> v, sbyte* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 4, count - 4);
    }

    /// <summary>Stores the first lanes, limited to -128 to 127.</summary>
    public static void Store(Vector128<int> v, sbyte* p, int count)
    {
        for (int lane = 0; lane < Math.Min(count, 4); lane++)
            p[lane] = (sbyte)Math.Clamp(v[lane], sbyte.MinValue, sbyte.MaxValue);
    }

    /// <summary>Stores the first lanes, limited to 0 to 255.</summary>
    public static void Store(Vector512<int> v, byte* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 8, count - 8);
    }

    /// <summary>Stores the first lanes, limited to 0 to 255.</summary>
    public static void Store(Vector256<int> v, byte* p, int count)
    {
        Store(v.GetLower(), p, count);
        Store(v.GetUpper(), p + 4, count - 4);
    }

    /// <summary>Stores the first lanes, limited to 0 to 255.</summary>
    public static void Store(Vector128<int> v, byte* p, int count)
    {
        for (int lane = 0; lane < Math.Min(count, 4); lane++)
            p[lane] = (byte)Math.Clamp(v[lane], byte.MinValue, byte.MaxValue);
    }

    /// <summary>All ones in the first lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> First512(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count));

    /// <summary>All ones in the first lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> First256(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count));

    /// <summary>All ones in the first lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> First128(int count) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count));
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <content>Shifts and look-ups with a count or index for each lane, where the hardware has no instruction for them, and lanes as bits of a word.</content>
public static unsafe partial class Lanes
{
    /// <summary>Bit l is set where lane l is all ones; the others are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector512<int> mask) => (uint)mask.ExtractMostSignificantBits();

    /// <inheritdoc cref="Bits(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector256<int> mask) => mask.ExtractMostSignificantBits();

    /// <inheritdoc cref="Bits(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector256<int> low, Vector256<int> high) => low.ExtractMostSignificantBits() | (high.ExtractMostSignificantBits() << 8);

    /// <inheritdoc cref="Bits(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector128<int> mask) => mask.ExtractMostSignificantBits();

    /// <inheritdoc cref="Bits(Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector128<int> v0, Vector128<int> v1, Vector128<int> v2, Vector128<int> v3) => v0.ExtractMostSignificantBits()
        | (v1.ExtractMostSignificantBits() << 4) | (v2.ExtractMostSignificantBits() << 8) | (v3.ExtractMostSignificantBits() << 12);

    /// <summary>The bits of the first lanes; all of 16 or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint First(int count) => count >= 16 ? 0xFFFF : count <= 0 ? 0 : (1u << count) - 1;

    /// <summary>The lowest bit that is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Lowest(uint bits) => System.Numerics.BitOperations.TrailingZeroCount(bits);

    /// <summary>v &lt;&lt; counts, of counts below 32.</summary>
    public static Vector128<int> ShiftLeftLogicalVariable(Vector128<int> v, Vector128<uint> counts) =>
        Vector128.Create(v[0] << (int)counts[0], v[1] << (int)counts[1], v[2] << (int)counts[2], v[3] << (int)counts[3]);

    /// <summary>v &lt;&lt; counts, of counts below 32.</summary>
    public static Vector128<uint> ShiftLeftLogicalVariable(Vector128<uint> v, Vector128<uint> counts) =>
        ShiftLeftLogicalVariable(v.AsInt32(), counts).AsUInt32();

    /// <summary>v &gt;&gt; counts, of counts below 32.</summary>
    public static Vector128<int> ShiftRightArithmeticVariable(Vector128<int> v, Vector128<uint> counts) =>
        Vector128.Create(v[0] >> (int)counts[0], v[1] >> (int)counts[1], v[2] >> (int)counts[2], v[3] >> (int)counts[3]);

    /// <summary>v &gt;&gt; counts, of counts below 32.</summary>
    public static Vector128<uint> ShiftRightLogicalVariable(Vector128<uint> v, Vector128<uint> counts) =>
        Vector128.Create(v[0] >> (int)counts[0], v[1] >> (int)counts[1], v[2] >> (int)counts[2], v[3] >> (int)counts[3]);

    /// <summary>The entries that the low four bits of the lanes name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Lookup(Vector256<int> indices, Vector256<int> low, Vector256<int> high) => Vector256.ConditionalSelect(
        Vector256.Equals(indices & Vector256.Create(8), Vector256<int>.Zero),
        Avx2.PermuteVar8x32(low, indices),
        Avx2.PermuteVar8x32(high, indices));

    /// <summary>The entries, bytes of <paramref name="low"/> and then <paramref name="high"/>, that the low four bits of the lanes name.</summary>
    public static Vector128<int> Lookup(Vector128<int> indices, long low, long high)
    {
        return Vector128.Create(Entry(indices[0]), Entry(indices[1]), Entry(indices[2]), Entry(indices[3]));

        int Entry(int index) => (sbyte)(((index & 8) == 0 ? low : high) >> ((index & 7) << 3));
    }
}

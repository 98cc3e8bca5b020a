using System.ComponentModel;

namespace KernelFoundry;

/// <summary>What generated group code calls beside operators: integer arithmetic only, and <see cref="IGroupMath"/>, so that any compiler takes it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GroupMath
{
    /// <summary>The absolute value; a zero without its sign.</summary>
    public static float Abs<TGroup>(float x)
        where TGroup : struct, IGroupMath => TGroup.FromBits(TGroup.Bits(x) & int.MaxValue);

    /// <summary>The absolute value.</summary>
    public static int Abs(int x) => x < 0 ? -x : x;

    /// <summary>The smaller; the number where the other is NaN.</summary>
    public static float Min(float a, float b) => a < b || IsNaN(b) ? a : b;

    /// <summary>The greater; the number where the other is NaN.</summary>
    public static float Max(float a, float b) => a > b || IsNaN(b) ? a : b;

    /// <summary>The smaller.</summary>
    public static int Min(int a, int b) => a < b ? a : b;

    /// <summary>The smaller.</summary>
    public static uint Min(uint a, uint b) => a < b ? a : b;

    /// <summary>The greater.</summary>
    public static int Max(int a, int b) => a > b ? a : b;

    /// <summary>The greater.</summary>
    public static uint Max(uint a, uint b) => a > b ? a : b;

    /// <summary>The nearest of low to high.</summary>
    public static int Clamp(int x, int low, int high) => x < low ? low : x > high ? high : x;

    /// <summary>The upper half of the product.</summary>
    public static uint MulHi(uint a, uint b) => (uint)(((ulong)a * b) >> 32);

    /// <summary>The upper half of the product.</summary>
    public static int MulHi(int a, int b) => (int)(((long)a * b) >> 32);

    /// <summary>First word of Philox4x32-10: key (seed, 0), counter (counter, stream, 0, 0).</summary>
    public static uint Philox(uint seed, uint stream, uint counter)
    {
        uint c0 = counter, c1 = stream, c2 = 0, c3 = 0, k0 = seed, k1 = 0;
        for (int round = 0; round < 10; round++)
        {
            uint h0 = MulHi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
            uint h1 = MulHi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
            c0 = h1 ^ c1 ^ k0;
            c1 = l1;
            c2 = h0 ^ c3 ^ k1;
            c3 = l0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }

        return c0;
    }

    /// <summary>The float of a half's bits. Multiplies instead of relying on subnormal floats, which a device may flush.</summary>
    public static float FromHalf<TGroup>(int half)
        where TGroup : struct, IGroupMath
    {
        int body = half & 0x7FFF;
        int bits = body >= 0x7C00 ? 0x7F800000 | (body << 13)
            : body >= 0x0400 ? (body << 13) + (112 << 23)
            : TGroup.Bits(body * (1f / 16777216f));
        return TGroup.FromBits(bits | ((half & 0x8000) << 16));
    }

    /// <summary>A float rounded to the nearest half, ties to even; its bits.</summary>
    public static int ToHalf<TGroup>(float x)
        where TGroup : struct, IGroupMath
    {
        int bits = TGroup.Bits(x), sign = (bits >> 16) & 0x8000, body = bits & int.MaxValue;
        if (body > 0x7F800000)
            return sign | 0x7E00;

        // From 65520 on, halfway between the greatest half and what would be next.
        if (body >= 0x477FF000)
            return sign | 0x7C00;
        if (body < 0x38800000)
            return sign | (int)TGroup.Round(TGroup.FromBits(body) * 16777216f);
        return sign | ((body - (112 << 23) + 0x0FFF + ((body >> 13) & 1)) >> 13);
    }

    /// <summary>The float of a bfloat16's bits.</summary>
    public static float FromBFloat16<TGroup>(int bits)
        where TGroup : struct, IGroupMath => TGroup.FromBits(bits << 16);

    /// <summary>A float rounded to the nearest bfloat16, ties to even; its bits. A NaN stays one.</summary>
    public static int ToBFloat16<TGroup>(float x)
        where TGroup : struct, IGroupMath
    {
        uint bits = (uint)TGroup.Bits(x);
        return IsNaN(x) ? (int)((bits >> 16) | 0x40u) : (int)((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
    }

    // A comparison, since every compiler has it.
#pragma warning disable CS1718
    private static bool IsNaN(float x) => x != x;
#pragma warning restore CS1718
}

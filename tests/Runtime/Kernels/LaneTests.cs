using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry.Tests;

/// <summary>What generated code calls on vectors, beside the same on numbers, at every width the processor has.</summary>
public unsafe class LaneTests
{
    private static readonly float[] Awkward = [0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1f, -1f, 3f];

    private readonly uint[] _words = [.. Enumerable.Range(0, 16).Select(i => (uint)new Random(i).NextInt64(1L << 32))];

    [Fact]
    public void Sums_of_the_lanes_up_to_each_wrap()
    {
        uint sum = 0;
        uint[] sums = [.. _words.Select(each => sum += each)];
        Assert.Equal(sums[..4], Lanes.Prefix(Vector128.Create(_words)).Lanes());
        if (Avx2.IsSupported)
            Assert.Equal(sums[..8], Lanes.Prefix(Vector256.Create(_words)).Lanes());
        if (Avx512F.IsSupported)
            Assert.Equal(sums, Lanes.Prefix(Vector512.Create(_words)).Lanes());
    }

    [Fact]
    public void Upper_halves_are_those_of_each_product()
    {
        uint[] other = [.. _words.Reverse()], upper = [.. _words.Zip(other, Lanes.MulHi)];
        int[] signed = [.. _words.Zip(other, (a, b) => Lanes.MulHi((int)a, (int)b))];
        Assert.Equal(upper[..4], Lanes.MulHi(Vector128.Create(_words), Vector128.Create(other)).Lanes());
        Assert.Equal(signed[..4], Lanes.MulHi(Vector128.Create(_words).AsInt32(), Vector128.Create(other).AsInt32()).Lanes());
        if (Avx2.IsSupported)
        {
            Assert.Equal(upper[..8], Lanes.MulHi(Vector256.Create(_words), Vector256.Create(other)).Lanes());
            Assert.Equal(signed[..8], Lanes.MulHi(Vector256.Create(_words).AsInt32(), Vector256.Create(other).AsInt32()).Lanes());
        }

        if (Avx512F.IsSupported)
        {
            Assert.Equal(upper, Lanes.MulHi(Vector512.Create(_words), Vector512.Create(other)).Lanes());
            Assert.Equal(signed, Lanes.MulHi(Vector512.Create(_words).AsInt32(), Vector512.Create(other).AsInt32()).Lanes());
        }
    }

    [Fact]
    public void Random_bits_are_those_of_each_counter()
    {
        uint[] expected = [.. _words.Select(each => Ops.Philox(3, 5, each))];
        Assert.Equal(expected[..4], Lanes.Philox(Vector128.Create(3u), Vector128.Create(5u), Vector128.Create(_words)).Lanes());
        if (Avx2.IsSupported)
            Assert.Equal(expected[..8], Lanes.Philox(Vector256.Create(3u), Vector256.Create(5u), Vector256.Create(_words)).Lanes());
        if (Avx512F.IsSupported)
            Assert.Equal(expected, Lanes.Philox(Vector512.Create(3u), Vector512.Create(5u), Vector512.Create(_words)).Lanes());
    }

    [Fact]
    public void The_larger_and_the_smaller_are_the_second_unless_the_first_is()
    {
        foreach (float a in Awkward)
        {
            foreach (float b in Awkward)
            {
                Assert.Equal(Bits(a > b ? a : b), Bits(Lanes.Larger(Vector128.Create(a), Vector128.Create(b))[0]));
                Assert.Equal(Bits(a < b ? a : b), Bits(Lanes.Smaller(Vector128.Create(a), Vector128.Create(b))[0]));
            }
        }
    }

    [Fact]
    public void The_greatest_and_the_least_lane_are_found_wherever_they_are()
    {
        for (int at = 0; at < 4; at++)
        {
            Vector128<float> v = Vector128.Create(1f, 2f, -3f, 0f), w = v.WithElement(at, 9f), x = v.WithElement(at, -9f);
            Assert.Equal((9f, -9f), (Lanes.Max(w), Lanes.Min(x)));
            Assert.Equal((9, -9), (Lanes.Max(Vector128.ConvertToInt32(w)), Lanes.Min(Vector128.ConvertToInt32(x))));
            Assert.Equal(uint.MaxValue, Lanes.Max(Vector128.Create(1u, 2, 3, 4).WithElement(at, uint.MaxValue)));
        }
    }

    [Fact]
    public void A_guarded_read_touches_what_the_guard_lets_through()
    {
        // What it must not touch is nowhere.
        int[] guard = [.. Enumerable.Range(0, 16).Select(i => i % 3 == 0 ? -1 : 0)], none = new int[16], other = [.. Enumerable.Range(100, 16)];
        float[] values = [.. Enumerable.Range(0, 16).Select(i => (float)i)], rest = [.. other.Select(i => (float)i)];
        float[] expected = [.. values.Select((value, i) => guard[i] != 0 ? value : rest[i])];
        fixed (float* p = values)
        {
            Assert.Equal(expected[..4], Lanes.Load128(p, Vector128.Create(guard), Vector128.Create(rest)).Lanes());
            Assert.Equal(rest[..4], Lanes.Load128((float*)null, Vector128.Create(none), Vector128.Create(rest)).Lanes());
            if (Avx2.IsSupported)
            {
                Assert.Equal(expected[..8], Lanes.Load256(p, Vector256.Create(guard), Vector256.Create(rest)).Lanes());
                Assert.Equal(rest[..8], Lanes.Load256((float*)null, Vector256.Create(none), Vector256.Create(rest)).Lanes());
            }

            if (Avx512F.IsSupported)
            {
                Assert.Equal(expected, Lanes.Load512(p, Vector512.Create(guard), Vector512.Create(rest)).Lanes());
                Assert.Equal(rest, Lanes.Load512((float*)null, Vector512.Create(none), Vector512.Create(rest)).Lanes());
            }
        }
    }

    [Fact]
    public void Lanes_become_bits_in_their_order()
    {
        const uint Mask = 0b1010_0000_1100_0011;
        int[] lanes = [.. Enumerable.Range(0, 16).Select(i => -(int)((Mask >> i) & 1))];
        Vector128<int> Quarter(int i) => Vector128.Create(lanes, 4 * i);
        Vector256<int> Half(int i) => Vector256.Create(lanes, 8 * i);
        Assert.Equal(Mask & 15, Lanes.Bits(Quarter(0)));
        Assert.Equal(Mask, Lanes.Bits(Quarter(0), Quarter(1), Quarter(2), Quarter(3)));
        Assert.Equal(Mask & 255, Lanes.Bits(Half(0)));
        Assert.Equal(Mask, Lanes.Bits(Half(0), Half(1)));
        Assert.Equal(Mask, Lanes.Bits(Vector512.Create(lanes)));
        Assert.Equal([0u, 0u, 1u, 0x7FFFu, 0xFFFFu, 0xFFFFu], new[] { -3, 0, 1, 15, 16, 40 }.Select(Lanes.First));
    }

    private static int Bits(float x) => BitConverter.SingleToInt32Bits(x);
}

/// <summary>Vectors as arrays.</summary>
file static class VectorArrays
{
    public static T[] Lanes<T>(this Vector128<T> v) => [.. Enumerable.Range(0, Vector128<T>.Count).Select(i => v[i])];

    public static T[] Lanes<T>(this Vector256<T> v) => [.. Enumerable.Range(0, Vector256<T>.Count).Select(i => v[i])];

    public static T[] Lanes<T>(this Vector512<T> v) => [.. Enumerable.Range(0, Vector512<T>.Count).Select(i => v[i])];
}

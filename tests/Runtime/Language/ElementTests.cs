using System.Buffers.Binary;
using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

public class ElementTests
{
    [Fact]
    public void Elements_are_found_by_name()
    {
        Assert.Equal(new ElementInfo("float", 1, 4, false), Element.Find("float"));
        Assert.Equal(new ElementInfo("sbyte", 1, 1, false), Element.Find(Element.NameOf(typeof(sbyte))));
        Assert.Equal(new ElementInfo("Q4_0", 32, 18, true), Element.Find(Element.NameOf(typeof(Q4_0))));
        Assert.Equal(2 * 18, Element.Find("Q4_0").Bytes(64));
        Assert.Contains("'double'", Assert.Throws<ArgumentException>(() => Element.Find("double")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BFloat16_round_trips_every_value()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            BFloat16 value = BFloat16.FromBits((ushort)bits);
            BFloat16 back = BFloat16.FromSingle(value.ToSingle());
            if (float.IsNaN(value.ToSingle()))
                Assert.True(float.IsNaN(back.ToSingle()));
            else
                Assert.Equal(bits, back.Bits);
        }
    }

    [Fact]
    public void BFloat16_rounds_to_nearest_even()
    {
        // Between each pair of finite neighbours: just below the middle, the middle, just above it.
        for (int bits = 0; bits < 0x7F7F; bits++)
        {
            float low = BFloat16.FromBits((ushort)bits).ToSingle(), high = BFloat16.FromBits((ushort)(bits + 1)).ToSingle();
            var middle = (float)(((double)low + high) / 2);
            Assert.Equal(bits, BFloat16.FromSingle(MathF.BitDecrement(middle)).Bits);
            Assert.Equal((bits & 1) == 0 ? bits : bits + 1, BFloat16.FromSingle(middle).Bits);
            Assert.Equal(bits + 1, BFloat16.FromSingle(MathF.BitIncrement(middle)).Bits);
            Assert.Equal(0x8000 | bits, BFloat16.FromSingle(-MathF.BitDecrement(middle)).Bits);
        }

        Assert.True(float.IsPositiveInfinity((BFloat16)float.MaxValue));
        Assert.True(float.IsNaN(BFloat16.FromSingle(BitConverter.UInt32BitsToSingle(0x7F800001))));
    }

    [Fact]
    public void BFloat16_compares_as_a_number()
    {
        BFloat16 zero = BFloat16.FromBits(0), minusZero = BFloat16.FromBits(0x8000), one = (BFloat16)1f;
        Assert.True(zero == minusZero && zero < one && one >= zero && zero != one);
        Assert.Equal("1", one.ToString());
    }

    [Fact]
    public void Half_views_round_to_nearest_even()
    {
        View1<Half> view = Device.Reference.Allocate<Half>(3);
        view.Store(Range(0, 3), Tile.Of<float>(1 + (1f / 2048), 1 + (3f / 2048), 1e6f));
        Assert.Equal([(Half)1f, (Half)(1 + (2f / 1024)), Half.PositiveInfinity], view.ToArray());
    }

    [Fact]
    public void Integer_views_saturate()
    {
        View1<sbyte> signed = Device.Reference.Allocate<sbyte>(3);
        signed.StoreInt(Range(0, 3), Tile.Of<int>(300, -300, 5));
        Assert.Equal(new sbyte[] { 127, -128, 5 }, signed.ToArray());
        Assert.Equal([127, -128, 5], signed.LoadInt(Range(0, 3)).ToArray());
        Assert.Equal(new sbyte[] { 127, -128, 5 }, signed.LoadCode(Range(0, 3)).ToArray());
        View1<byte> unsigned = Device.Reference.Allocate<byte>(3);
        unsigned.StoreInt(Range(0, 3), Tile.Of<int>(300, -300, 5));
        Assert.Equal(new byte[] { 255, 0, 5 }, unsigned.ToArray());
        View1<int> ints = Device.Reference.Allocate<int>(1);
        ints.StoreInt(0, int.MinValue);
        Assert.Equal(int.MinValue, ints.LoadInt(0));
        Assert.Equal(-2147483648f, ints.Load(0));
    }

    [Fact]
    public void Operations_an_element_lacks_are_errors()
    {
        Assert.Contains("StoreInt takes a view of int, sbyte or byte, not of float", Assert.Throws<KernelExecutionException>(() => Device.Reference.Allocate<float>(1).StoreInt(0, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<KernelExecutionException>(() => Device.Reference.Allocate<int>(1).Store(0, 1f));
        Assert.Throws<KernelExecutionException>(() => Device.Reference.Allocate<Half>(1).LoadInt(0));
        Assert.Throws<KernelExecutionException>(() => Device.Reference.Allocate<float>(1).LoadScale(0));
        Assert.Throws<KernelExecutionException>(() => Device.Reference.Allocate<Q8_0>(32).Store(0, 1f));
    }

    [Fact]
    public void Q8_0_decodes_ggufs_layout()
    {
        var block = new byte[34];
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)0.5f);
        block[2] = 3;
        block[3] = 0xFF;
        block[33] = 0x80;
        View1<Q8_0> view = Device.Reference.Allocate<Q8_0>(32);
        view.CopyBytesFrom(block);
        Assert.Equal([1.5f, -0.5f, -64f], view.Load(Tile.Of<int>(0, 1, 31)).ToArray());
        Assert.Equal(new sbyte[] { 3, -1, -128 }, view.LoadCode(Tile.Of<int>(0, 1, 31)).ToArray());
        Assert.Equal(0.5f, view.LoadScale(17));
        Assert.Equal(0f, view.LoadOffset(17));
    }

    [Fact]
    public void Q4_0_decodes_ggufs_layout()
    {
        var block = new byte[18];
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)2f);
        block[2] = 0xF0;
        block[17] = 0x9A;
        View1<Q4_0> view = Device.Reference.Allocate<Q4_0>(32);
        view.CopyBytesFrom(block);

        // Low nibbles are elements 0 to 15, high nibbles 16 to 31; codes are nibbles minus 8.
        Assert.Equal([-16f, 14f, 4f, 2f], view.Load(Tile.Of<int>(0, 16, 15, 31)).ToArray());
    }

    [Theory]
    [InlineData(true, 0.5 / 127)]
    [InlineData(false, 1.0 / 8)]
    public void Encoding_errs_by_at_most_a_step(bool eight, double step)
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, 32).Select(_ => (random.NextSingle() * 4) - 2)];
        double largest = values.Max(Math.Abs);
        float[] decoded = eight ? RoundTrip<Q8_0>(values, Q8_0.Encode) : RoundTrip<Q4_0>(values, Q4_0.Encode);
        for (int i = 0; i < 32; i++)
            Assert.InRange(Math.Abs(decoded[i] - values[i]), 0, largest * step * 1.01);
        Assert.Equal(new float[32], eight ? RoundTrip<Q8_0>(new float[32], Q8_0.Encode) : RoundTrip<Q4_0>(new float[32], Q4_0.Encode));
    }

    [Fact]
    public void A_format_of_ones_own_has_groups_and_offsets()
    {
        Element.Register<TwoBit>();
        Assert.Equal("KernelFoundry.Tests.ElementTests+TwoBit", Element<TwoBit>.Name);
        Assert.Equal((8, 10, 4, true), (Element<TwoBit>.BlockSize, Element<TwoBit>.BlockBytes, Element<TwoBit>.GroupSize, Element<TwoBit>.IsQuantized));
        Assert.Equal((32, 34, 32), (Element<Q8_0>.BlockSize, Element<Q8_0>.BlockBytes, Element<Q8_0>.GroupSize));
        Assert.Equal(20, Element<TwoBit>.Bytes(16));

        var block = new byte[20];
        BinaryPrimitives.WriteHalfLittleEndian(block.AsSpan(10), (Half)2f);
        BinaryPrimitives.WriteHalfLittleEndian(block.AsSpan(12), (Half)3f);
        BinaryPrimitives.WriteHalfLittleEndian(block.AsSpan(14), (Half)10f);
        BinaryPrimitives.WriteHalfLittleEndian(block.AsSpan(16), (Half)20f);
        block[18] = 0b11_10_01_00;
        block[19] = 0b00_00_00_01;
        View2<TwoBit> view = Device.Reference.Allocate<TwoBit>(1, 16);
        view.CopyBytesFrom(block);
        Assert.Equal([10f, 12, 14, 16, 23, 20, 20, 20], view.Load(0, Range(8, 8)).ToArray());
        Assert.Equal([2f, 3f], view.LoadScale(0, Tile.Of<int>(11, 12)).ToArray());
        Assert.Equal([10f, 20f], view.LoadOffset(0, Tile.Of<int>(11, 12)).ToArray());
    }

    [Fact]
    public void Formats_must_make_sense() => Assert.Contains("must divide BlockSize", Assert.Throws<ArgumentException>(Element.Register<BadGroups>).Message, StringComparison.Ordinal);

    [Fact]
    public void Other_types_are_no_elements() => Assert.Contains("is no element type", Assert.Throws<NotSupportedException>(() => Device.Reference.Allocate<double>(1)).Message, StringComparison.Ordinal);

    private static float[] RoundTrip<T>(float[] values, Encoder encode)
        where T : unmanaged
    {
        View1<T> view = Device.Reference.Allocate<T>(32);
        var block = new byte[Element<T>.BlockBytes];
        encode(values, block);
        view.CopyBytesFrom(block);
        return view.Load(Range(0, 32)).ToArray();
    }

    private delegate void Encoder(ReadOnlySpan<float> values, Span<byte> block);

    /// <summary>Two groups of four two-bit codes, each with a scale and an offset.</summary>
    public readonly struct TwoBit : IQuantFormat
    {
        public static int BlockSize => 8;

        public static int BlockBytes => 10;

        public static int GroupSize => 4;

        public static Quantized Decode(Block b, int i) => new(b.Half(i / 4 * 2), (b.Byte(8 + (i / 4)) >> (i % 4 * 2)) & 3, b.Half(4 + (i / 4 * 2)));
    }

    public readonly struct BadGroups : IQuantFormat
    {
        public static int BlockSize => 8;

        public static int BlockBytes => 8;

        public static int GroupSize => 3;

        public static Quantized Decode(Block b, int i) => new(1, b.SByte(i));
    }
}

using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Tests.Interpreter;

public class StoredElementTests
{
    [Fact]
    public void Every_half_reads_and_writes_as_it_is()
    {
        for (int bits = 0; bits <= 0xFFFF; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            Number read = StoredElement.Read([(byte)bits, (byte)(bits >> 8)], 0, RawType.F16);
            Assert.True(float.IsNaN(expected) ? float.IsNaN(read.F32) : Number.Of(expected) == read, $"half {bits:x4}");
            if (!float.IsNaN(expected))
                Assert.Equal(bits, StoredElement.Encode(read, RawType.F16));
            Assert.Equal(bits << 16, StoredElement.Read([(byte)bits, (byte)(bits >> 8)], 0, RawType.BF16).Bits);
        }
    }

    [Fact]
    public void Halves_round_to_nearest_even()
    {
        var random = new Random(11);
        for (int i = 0; i < 200_000; i++)
        {
            float value = BitConverter.Int32BitsToSingle((random.Next() & ~0x7F800000) | (random.Next(95, 145) << 23) | (random.Next(2) << 31));
            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)value), StoredElement.Encode(Number.Of(value), RawType.F16));
        }

        foreach (float value in new[] { 65504, 65519.99f, 65520, float.PositiveInfinity, 5.9604645e-8f, 2.9802322e-8f, 2.9802326e-8f, 6.1035156e-5f, 6.1005e-5f, 2049, 2051 })
            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)value), StoredElement.Encode(Number.Of(value), RawType.F16));
        Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf((ushort)StoredElement.Encode(Number.Of(float.NaN), RawType.F16))));
    }

    [Theory]
    [InlineData(0x3F800000u, 0x3F80)]
    [InlineData(0x3F808000u, 0x3F80)] // a tie goes to even
    [InlineData(0x3F818000u, 0x3F82)]
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x7F7FFFFFu, 0x7F80)] // rounds up to infinity
    [InlineData(0xFF800000u, 0xFF80)]
    [InlineData(0x7F800001u, 0x7FC0)] // a NaN stays one
    [InlineData(0x80000001u, 0x8000)]
    public void BFloats_round_to_nearest_even(uint bits, int expected) =>
        Assert.Equal(expected, StoredElement.Encode(Number.OfBits(DType.F32, unchecked((int)bits)), RawType.BF16));

    [Fact]
    public void Integers_are_little_endian_and_signed_where_they_should_be()
    {
        byte[] bytes = [0xFE, 0xFF, 0x01, 0x80];
        Assert.Equal(0xFE, StoredElement.Read(bytes, 0, RawType.U8).I32);
        Assert.Equal(-2, StoredElement.Read(bytes, 0, RawType.I8).I32);
        Assert.Equal(0xFFFE, StoredElement.Read(bytes, 0, RawType.U16).I32);
        Assert.Equal(-2, StoredElement.Read(bytes, 0, RawType.I16).I32);
        Assert.Equal(unchecked((int)0x8001FFFE), StoredElement.Read(bytes, 0, RawType.I32).I32);
        Assert.False(StoredElement.Write(bytes, 0, 0x01020304, 4));
        Assert.Equal([4, 3, 2, 1], bytes);
        Assert.True(StoredElement.Write(bytes, 1, 0x0203, 2));
    }
}

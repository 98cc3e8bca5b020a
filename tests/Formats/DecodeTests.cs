using KernelFoundry.Testing;

namespace KernelFoundry.Formats.Tests;

/// <summary>Every format, on every device, gives the bits that its published layout gives.</summary>
public class DecodeTests
{
    private const int Blocks = 40;

    public static TheoryData<string> Formats() => [.. TestedFormat.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Random_bytes_decode_as_published(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        var random = new Random(11);
        for (int trial = 0; trial < 2000; trial++)
            AssertDecodes(format, RandomBlock(format, random));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Encoded_blocks_decode_as_published(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        var random = new Random(12);
        for (int trial = 0; trial < 200; trial++)
            AssertDecodes(format, format.Encode(Samples.Normal(format.BlockSize, random)));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_group_has_one_scale_and_one_offset(string name)
    {
        TestedFormat format = TestedFormat.Of(name);
        var random = new Random(13);
        byte[] block = RandomBlock(format, random);
        for (int i = 0; i < format.BlockSize; i++)
        {
            Quantized first = format.Decode(block, i / format.GroupSize * format.GroupSize), element = format.Decode(block, i);
            Assert.Equal((Bits(first.Scale), Bits(first.Offset)), (Bits(element.Scale), Bits(element.Offset)));
            Assert.InRange(element.Code, sbyte.MinValue, sbyte.MaxValue);
        }

        Assert.Equal(0, format.BlockSize % format.GroupSize);
    }

    [Theory]
    [DeviceData]
    public void Devices_give_the_published_bits(Device device)
    {
        foreach (TestedFormat format in TestedFormat.All)
        {
            var random = new Random(14);
            byte[] blocks = [.. Enumerable.Range(0, Blocks).SelectMany(i =>
                i % 2 == 0 ? RandomBlock(format, random) : format.Encode(Samples.Normal(format.BlockSize, random)))];
            float[] expected = [.. blocks.Chunk(format.BlockBytes).SelectMany(block => format.Published(block))];
            Quantized[] parts = [.. blocks.Chunk(format.BlockBytes).SelectMany(block =>
                Enumerable.Range(0, format.BlockSize).Select(i => format.Decode(block, i)))];
            (float[] values, int[] codes, float[] scales, float[] offsets) = format.Run(device, blocks);
            AssertBits(format, expected, values);
            Assert.Equal(parts.Select(p => p.Code), codes);
            AssertBits(format, [.. parts.Select(p => p.Scale)], scales);
            AssertBits(format, [.. parts.Select(p => p.Offset)], offsets);
        }
    }

    [Theory]
    [KernelData(typeof(Dequantizing), nameof(Dequantizing.Dequantize))]
    public void Every_target_dequantizes(KernelTest test) => KernelRunner.Run(test);

    [Fact]
    public void All_formats_of_the_library_are_here() => Assert.Equal(
        typeof(IQuantEncoder).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IQuantFormat)))
            .Select(type => type.Name).Order(StringComparer.Ordinal),
        TestedFormat.All.Select(format => format.Name).Order(StringComparer.Ordinal));

    private static byte[] RandomBlock(TestedFormat format, Random random)
    {
        var block = new byte[format.BlockBytes];
        random.NextBytes(block);
        return block;
    }

    private static void AssertDecodes(TestedFormat format, byte[] block) => AssertBits(
        format, format.Published(block), [.. Enumerable.Range(0, format.BlockSize).Select(i => format.Decode(block, i).Value)]);

    private static void AssertBits(TestedFormat format, float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Bits(expected[i]) == Bits(found[i]), $"{format.Name}[{i}]: expected {expected[i]:R}, found {found[i]:R}");
    }

    // A NaN is one whatever its bits, and adding an offset of 0 takes a zero's sign.
    private static int Bits(float value) => float.IsNaN(value) ? int.MaxValue : BitConverter.SingleToInt32Bits(value == 0 ? 0 : value);
}

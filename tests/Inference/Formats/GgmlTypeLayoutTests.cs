using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

public class GgmlTypeLayoutTests
{
    // Bits per element as the formats' makers state them.
    [Theory]
    [InlineData(GgmlType.F32, 32)]
    [InlineData(GgmlType.F16, 16)]
    [InlineData(GgmlType.BF16, 16)]
    [InlineData(GgmlType.F64, 64)]
    [InlineData(GgmlType.I8, 8)]
    [InlineData(GgmlType.I16, 16)]
    [InlineData(GgmlType.I32, 32)]
    [InlineData(GgmlType.I64, 64)]
    [InlineData(GgmlType.Q8_0, 8.5)]
    [InlineData(GgmlType.Q4_0, 4.5)]
    [InlineData(GgmlType.Q4_1, 5)]
    [InlineData(GgmlType.Q5_0, 5.5)]
    [InlineData(GgmlType.Q5_1, 6)]
    [InlineData(GgmlType.Q2_K, 2.625)]
    [InlineData(GgmlType.Q3_K, 3.4375)]
    [InlineData(GgmlType.Q4_K, 4.5)]
    [InlineData(GgmlType.Q5_K, 5.5)]
    [InlineData(GgmlType.Q6_K, 6.5625)]
    [InlineData(GgmlType.IQ4_NL, 4.5)]
    [InlineData(GgmlType.IQ4_XS, 4.25)]
    [InlineData(GgmlType.MXFP4, 4.25)]
    [InlineData(GgmlType.IQ2_XXS, 2.0625)]
    [InlineData(GgmlType.IQ3_XXS, 3.0625)]
    [InlineData(GgmlType.IQ1_S, 1.5625)]
    [InlineData(GgmlType.IQ1_M, 1.75)]
    [InlineData(GgmlType.TQ1_0, 1.6875)]
    [InlineData(GgmlType.TQ2_0, 2.0625)]
    public void Blocks_have_the_bits_of_their_format(GgmlType type, double bits)
    {
        var layout = GgmlTypeLayout.Of(type);
        Assert.Equal(type, layout.Type);
        Assert.Equal(bits, layout.BlockBytes * 8.0 / layout.BlockSize);
    }

    [Fact]
    public void Every_type_has_a_layout_and_no_other_id_has()
    {
        var known = Enum.GetValues<GgmlType>().Select(t => (uint)t).ToHashSet();
        for (uint id = 0; id < 300; id++)
            Assert.Equal(known.Contains(id), GgmlTypeLayout.TryGet(id, out _));
        Assert.False(GgmlTypeLayout.TryGet(uint.MaxValue, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => GgmlTypeLayout.Of((GgmlType)4));
    }
}

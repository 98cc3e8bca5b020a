using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

/// <summary>The bounds of the content hold by themselves, whatever the parser has checked.</summary>
public class GgufContentTests
{
    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 9)]
    [InlineData(9, 0)]
    [InlineData(8, 1)]
    [InlineData(long.MaxValue, 8)]
    [InlineData(0, -1)]
    public void Nothing_outside_can_be_reached(long offset, int length)
    {
        using var content = new GgufContent(new byte[8], "test");

        Assert.Throws<ArgumentOutOfRangeException>(() => content.Span(offset, length).Length);
    }

    [Fact]
    public void All_inside_can_be_reached()
    {
        using var content = new GgufContent(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, "test");

        Assert.Equal(8, content.Span(0, 8).Length);
        Assert.Equal(0, content.Span(8, 0).Length);
        Assert.Equal(0x08070605u, content.UInt32(4));
        Assert.Equal(0x0807060504030201u, content.UInt64(0));
    }
}

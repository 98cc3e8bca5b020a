using static KernelFoundry.Ops;

namespace KernelFoundry.Tests;

public class PhiloxTests
{
    // The known answers for philox4x32 with 10 rounds that Random123 publishes (kat_vectors).
    [Fact]
    public void Blocks_are_the_published_known_answers()
    {
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox4x32.Block(0, 0, 0, 0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), Philox4x32.Block(~0u, ~0u, ~0u, ~0u, ~0u, ~0u));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox4x32.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void The_language_gives_the_first_word()
    {
        Assert.Equal(0x6627e8d5u, Philox(0, 0, 0u));
        Assert.Equal(Philox4x32.Block(7, 5, 0, 0, 3, 0).X0, Philox(seed: 3, stream: 5, counter: 7u));
        Assert.Equal([Philox(3, 5, 7u), Philox(3, 5, 8u)], Philox(3, 5, Tile.Of<uint>(7, 8)).ToArray());
    }

    [Fact]
    public void Uniform_is_the_upper_bits()
    {
        Assert.Equal((0x6627e8d5u >> 8) / 16777216f, Uniform(0, 0, 0u));
        float[] drawn = Uniform(1, 2, Range(0, 4096).ToUInt()).ToArray();
        Assert.All(drawn, x => Assert.InRange(x, 0, MathF.BitDecrement(1)));
        Assert.Equal(Uniform(1, 2, 9u), drawn[9]);

        // The mean of 4096 uniforms has standard deviation 0.0045.
        Assert.InRange(drawn.Average(), 0.5 - 0.03, 0.5 + 0.03);
    }
}

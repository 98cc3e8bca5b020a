using static KernelFoundry.Ops;

namespace KernelFoundry.Formats.Tests;

/// <summary>The language's table of sixteen; the formats that use it show it on devices.</summary>
public class LookupTests
{
    [Fact]
    public void An_index_counts_modulo_sixteen()
    {
        for (int index = -40; index < 40; index++)
        {
            int expected = ((index & 15) * 16) - 128;
            Assert.Equal(expected, Lookup(index, -128, -112, -96, -80, -64, -48, -32, -16, 0, 16, 32, 48, 64, 80, 96, 112));
        }
    }

    [Fact]
    public void A_table_has_sixteen_entries() => Assert.Throws<ArgumentException>(() => Lookup(0, 1, 2, 3));
}

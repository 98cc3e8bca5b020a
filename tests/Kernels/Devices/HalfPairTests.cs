using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Halves that are added or multiplied two at a time on CUDA, where the kernel says floats.</summary>
public sealed class HalfPairTests
{
    // What the renderer relies on: a float's rounding before a half's changes nothing.
    [Fact]
    public void A_float_in_between_rounds_nothing_else()
    {
        var random = new Random(1);
        Half[] others = [.. Enumerable.Range(0, 300).Select(_ => BitConverter.UInt16BitsToHalf((ushort)random.Next(1 << 16))), Half.Epsilon, Half.MaxValue, Half.NegativeZero, (Half)1f];
        for (int bits = 0; bits < 1 << 16; bits++)
        {
            Half a = BitConverter.UInt16BitsToHalf((ushort)bits);
            foreach (Half b in others)
            {
                Same((Half)((double)a + (double)b), (Half)((float)a + (float)b));
                Same((Half)((double)a - (double)b), (Half)((float)a - (float)b));
                Same((Half)((double)a * (double)b), (Half)((float)a * (float)b));
            }
        }

        static void Same(Half exact, Half rounded)
        {
            if (BitConverter.HalfToUInt16Bits(exact) != BitConverter.HalfToUInt16Bits(rounded) && !(Half.IsNaN(exact) && Half.IsNaN(rounded)))
                Assert.Fail($"{exact} became {rounded}");
        }
    }

    [Fact]
    public void Only_sums_of_halves_are_in_pairs()
    {
        string[] pairs = [.. KernelRegistry.Definitions.Where(kernel => kernel.Name.StartsWith("KernelFoundry.Kernels.", StringComparison.Ordinal))
            .SelectMany(kernel => kernel.Variants, (kernel, variant) => (kernel, variant))
            .Where(each => each.variant.Cuda.Any(code => code.Source.Contains(".rn.f16x2 ", StringComparison.Ordinal)))
            .Select(each => $"{each.kernel.Name.Split('.')[^1]} {each.variant.TypeKey}")];
        Assert.Equal(["ResidualAdd Half"], pairs);
    }

    // Rows at a multiple of 16 bytes and rows that are not, with ends of every length.
    [Theory]
    [InlineData(1, 64)]
    [InlineData(3, 77)]
    [InlineData(2, 2050)]
    public void Rows_have_the_bits_of_other_devices(int rows, int columns)
    {
        var random = new Random(columns);
        Half[] Values() => [.. Enumerable.Range(0, rows * columns).Select(_ => BitConverter.UInt16BitsToHalf((ushort)random.Next(1 << 16)))];
        Half[] x = Values(), y = Values();
        using Device gpu = EmulatedCuda.Open(70), cpu = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu });
        Assert.Equal(Sum(cpu), Sum(gpu));

        int[] Sum(Device device)
        {
            View2<Half> sum = device.Allocate<Half>(rows, columns);
            Elementwise.ResidualAdd(device, device.Upload<Half>(x, rows, columns), device.Upload<Half>(y, rows, columns), sum);
            return [.. sum.ToArray().Select(value => Half.IsNaN(value) ? -1 : BitConverter.HalfToUInt16Bits(value))];
        }
    }
}

using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// Halves that are added or multiplied as such where the kernel says floats: two at a time on CUDA, one by one on OpenCL devices with cl_khr_fp16, of which the tests have none. Another type takes the
/// place of half there.
/// </summary>
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

    [Fact]
    public void Only_these_are_in_halves_on_OpenCL() =>
        Assert.Equal(["ResidualAdd Half"], OpenClTexts.Variants().Where(each => each.Variant.OpenCl?.Source.Contains("kf_half(", StringComparison.Ordinal) == true)
            .Select(each => $"{each.Kernel} {each.Variant.TypeKey}"));

    [Theory]
    [InlineData(1, 64)]
    [InlineData(3, 777)]
    public void A_type_for_halves_has_the_bits_of_floats(int rows, int columns)
    {
        var random = new Random(columns);
        Half[] Values() => [.. Enumerable.Range(0, rows * columns).Select(_ => BitConverter.UInt16BitsToHalf((ushort)random.Next(1 << 16)))];
        Half[] x = Values(), y = Values();
        using Device device = OpenClTexts.Open();
        KernelVariant variant = OpenClTexts.Variants("Elementwise.ResidualAdd").Single(each => each.Variant.TypeKey == "Half").Variant;
        int[] expected = Sum("");
        Assert.Equal(x.Zip(y, (a, b) => Bits((Half)((float)a + (float)b))), expected);
        Assert.Equal(expected, Sum("#define KF_HALF _Float16"));
        Assert.NotEqual(expected, Sum("#define KF_HALF short"));

        int[] Sum(string prologue)
        {
            View2<Half> sum = device.Allocate<Half>(rows, columns);
            var arguments = new KernelArguments();
            arguments.Add(device.Upload<Half>(x, rows, columns));
            arguments.Add(device.Upload<Half>(y, rows, columns));
            arguments.Add(sum);
            device.Launch(OpenClTexts.Behind(prologue, variant), ref arguments);
            return [.. sum.ToArray().Select(Bits)];
        }
    }

    private static int Bits(Half value) => Half.IsNaN(value) ? -1 : BitConverter.HalfToUInt16Bits(value);

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
            return [.. sum.ToArray().Select(Bits)];
        }
    }
}

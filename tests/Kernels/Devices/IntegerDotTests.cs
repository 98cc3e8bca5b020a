namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// The integer dot product of OpenCL devices, which no device of the tests has: a function of its name takes its place. What a driver's own does has never been seen.
/// </summary>
public sealed class IntegerDotTests
{
    private const string Extension = """
        #define __opencl_c_integer_dot_product_input_4x8bit_packed 1
        int dot_4x8packed_us_int(uint a, uint b)
        {
            int sum = 0;
            for (int i = 0; i < 4; i++)
                sum += (int)((a >> (8 * i)) & 255u) * (int)(char)(b >> (8 * i));
            return SUM;
        }
        """;

    [Fact]
    public void Every_format_is_multiplied_four_bytes_at_a_time()
    {
        KernelVariant[] variants = [.. OpenClTexts.Variants("Linear.MatVecInt8").Select(each => each.Variant)];
        Assert.NotEmpty(variants);
        Assert.All(variants, variant => Assert.Contains("exact = kf_dot4(", variant.OpenCl!.Source, StringComparison.Ordinal));
    }

    // Runs of one and two nibbles, of upper bits apart, of offsets, of 16 in a block of 256; columns beyond one block of them.
    [Theory]
    [InlineData("Q8_0", 33, 288)]
    [InlineData("Q4_0", 1, 64)]
    [InlineData("Q5_1", 7, 1120)]
    [InlineData("Q3_K", 17, 256)]
    [InlineData("Q5_K", 40, 2304)]
    [InlineData("Q6_K", 40, 512)]
    [InlineData("IQ4_XS", 9, 768)]
    public void Results_have_the_bits_of_bytes_one_by_one(string format, int rows, int columns)
    {
        using Device device = OpenClTexts.Open();
        KernelVariant variant = OpenClTexts.Variants("Linear.MatVecInt8").Select(each => each.Variant)
            .First(each => each.TypeKey.Split(',')[0].Split('.')[^1] == format && each.TypeKey.EndsWith(nameof(NoFusion), StringComparison.Ordinal));
        const int Tokens = 2;
        var random = new Random(rows + columns);
        ElementInfo weights = Element.Find(variant.TypeKey.Split(',')[0]);
        var blocks = new byte[(rows + 15) / 16 * 16 * (columns / weights.BlockSize) * weights.BlockBytes];
        random.NextBytes(blocks);

        // No half is an infinity or a NaN then.
        foreach (ref byte value in blocks.AsSpan())
            value &= 0xFB;
        using DeviceMemory memory = device.AllocateBytes(blocks.Length);
        memory.Write(0, blocks);
        View2<float> x = device.Upload<float>([.. Enumerable.Range(0, Tokens * columns).Select(_ => (float)((random.NextDouble() * 2) - 1))], Tokens, columns);
        int[] Run(KernelVariantSet kernel)
        {
            View2<float> y = device.Allocate<float>(Tokens, rows);
            var arguments = new KernelArguments();
            arguments.AddPanels(memory, weights, rows, columns);
            arguments.Add(x);
            arguments.Add(y);
            device.Launch(kernel, ref arguments);
            return [.. y.ToArray().Select(BitConverter.SingleToInt32Bits)];
        }

        int[] expected = Run(OpenClTexts.Behind("", variant));
        Assert.Equal(expected, Run(OpenClTexts.Behind(Extension.Replace("SUM", "sum", StringComparison.Ordinal), variant)));
        Assert.NotEqual(expected, Run(OpenClTexts.Behind(Extension.Replace("SUM", "sum + 1", StringComparison.Ordinal), variant)));
    }
}

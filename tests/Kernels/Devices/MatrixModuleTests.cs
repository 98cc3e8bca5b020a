using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>PTX for GPUs that multiply matrices: that it is there, that it is chosen, and that integers give the same bits with and without.</summary>
public sealed class MatrixModuleTests
{
    private const int Tokens = 21, Rows = 70, Columns = 512;

    [Theory]
    [InlineData("Linear.MatMulInt8", "mma.sync.aligned.m16n8k", "ldmatrix.sync.aligned.m8n8.x")]
    [InlineData("Linear.MatMulHalf", "mma.sync.aligned.m16n8k16.row.col.f32.", "ldmatrix.sync.aligned.m8n8.x4", "cp.async.cg.shared.global")]
    public void Every_variant_multiplies_matrices_on_sm_80(string kernel, params string[] instructions)
    {
        foreach (KernelVariant variant in Definition(kernel).Variants)
        {
            Assert.Equal([70, 80], variant.Cuda.Where(code => !code.IsSpecific).Select(code => code.Target));
            Assert.All(instructions, instruction => Assert.Contains(instruction, variant.Cuda[1].Source, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Linear.MatMul", "ldmatrix.sync.aligned.m8n8.x4.shared.b16", "cp.async.cg.shared.global")]
    [InlineData("Attention.FlashAttention", "ldmatrix.sync.aligned.m8n8.x4.shared.b16", "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16", "cp.async.cg.shared.global")]
    [InlineData("Linear.MatMulBackwardX", "ldmatrix.sync.aligned.m8n8.x4.shared.b16", "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16", "cp.async.cg.shared.global")]
    [InlineData("Attention.FlashDecode", "ldmatrix.sync.aligned.m8n8.x4.shared.b16", "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16", "cp.async.cg.shared.global")]
    public void Floats_by_halves_are_rounded_and_multiplied_as_matrices_on_sm_80(string kernel, params string[] instructions)
    {
        KernelDefinition definition = Definition(kernel);
        Assert.Equal(kernel.Contains("Backward", StringComparison.Ordinal) ? ["BFloat16"] : ["Half", "BFloat16"], definition.RoundedProducts.Select(each => each.Element));
        foreach (KernelVariant variant in definition.Variants)
        {
            string element = variant.TypeKey.Split(',')[0];
            string? word = element switch { "Half" => "f16", "BFloat16" => "bf16", _ => null };
            if (word is null)
            {
                Assert.Equal([70], variant.Cuda.Select(code => code.Target));
                continue;
            }

            Assert.Equal([70, 80], variant.Cuda.Where(code => !code.IsSpecific).Select(code => code.Target));
            string source = variant.Cuda[1].Source;
            Assert.All(instructions, instruction => Assert.Contains(instruction, source, StringComparison.Ordinal));
            Assert.Contains($"mma.sync.aligned.m16n8k16.row.col.f32.{word}.{word}.f32", source, StringComparison.Ordinal);
            Assert.Contains($"cvt.rn.{word}x2.f32", source, StringComparison.Ordinal);
        }
    }

    // A module for sm_90a is for GPUs of compute capability 9.0 alone: it is worth its size where its instructions do most of the work.
    [Fact]
    public void Warpgroups_multiply_in_two_kernels_on_sm_90a()
    {
        KernelDefinition[] library = [.. KernelRegistry.Definitions.Where(kernel => kernel.Name.StartsWith("KernelFoundry.Kernels.", StringComparison.Ordinal))];
        Assert.Equal(["MatMul", "MatMulHalf"], library.Where(kernel => kernel.Variants.Any(HasSpecific)).Select(kernel => kernel.Name.Split('.')[^1]).Order(StringComparer.Ordinal));
        foreach (KernelVariant variant in library.SelectMany(kernel => kernel.Variants).Where(HasSpecific))
        {
            Assert.Equal([70, 80, 90], variant.Cuda.Select(code => code.Target));
            string word = variant.TypeKey.Split(',')[0] == "Half" ? "f16" : "bf16";
            Assert.Contains($"wgmma.mma_async.sync.aligned.m64n256k16.f32.{word}.{word}", variant.Cuda[2].Source, StringComparison.Ordinal);
        }

        static bool HasSpecific(KernelVariant variant) => variant.Cuda.Any(code => code.IsSpecific);
    }

    // Scores, weights and sums stay where the products leave them: nothing but the operands, as halves, passes through shared memory, and a head's slope.
    [Theory]
    [InlineData("Half", 64)]
    [InlineData("Half", 128)]
    [InlineData("BFloat16", 128)]
    public void Attention_keeps_its_floats_in_registers(string element, int headDim)
    {
        foreach (KernelVariant variant in Definition("Attention.FlashAttention").Variants.Where(v => v.TypeKey.Split(',')[0] == element && v.Specialized.Contains(headDim)))
        {
            string source = variant.Cuda[1].Source;
            int floats = source.Split('\n').Count(line => line.Contains("shared", StringComparison.Ordinal) && line.Contains(".f32", StringComparison.Ordinal));
            Assert.Equal(variant.TypeKey.Contains("Alibi", StringComparison.Ordinal) ? 2 : 0, floats);
            Assert.Contains("cp.async.wait_group 1;", source, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_instructions_on_matrices_floats_are_not_rounded()
    {
        float[] Product(DeviceFeatures without)
        {
            using Device device = EmulatedCuda.Open(80, new DeviceOptions { Without = without });
            View2<Half> w = device.Upload<Half>([(Half)1f, (Half)1f], 1, 2);
            View2<float> x = device.Upload<float>([1f, 0.3f], 1, 2), y = device.Allocate<float>(1, 1);
            Linear.MatMul(device, w, x, y, default(NoEpilogue));
            return y.ToArray();
        }

        Assert.Equal(1f + (float)(Half)0.3f, Product(DeviceFeatures.None)[0]);
        Assert.Equal(1f + 0.3f, Product(DeviceFeatures.MatrixInstructions)[0]);
        Assert.NotEqual(1f + 0.3f, 1f + (float)(Half)0.3f);
    }

    // Where an activation is no half, the product is one of floats, and a row with an infinity or a NaN is as everywhere.
    [Fact]
    public void Floats_that_are_no_halves_are_multiplied_as_floats()
    {
        using Device device = EmulatedCuda.Open(80);
        View2<Half> w = device.Upload<Half>([(Half)1f, (Half)0.5f], 1, 2);
        View2<float> x = device.Upload<float>([100_000f, 0.3f, float.PositiveInfinity, 1f, float.NaN, 1f, 1f, 0.3f], 4, 2), y = device.Allocate<float>(4, 1);
        Linear.MatMul(device, w, x, y, default(NoEpilogue));
        Assert.Equal([100_000f + 0.15f, float.PositiveInfinity, float.NaN, 1f + 0.15f], y.ToArray());
    }

    [Fact]
    public void Exponentials_are_approximated_only_where_a_kernel_says_so()
    {
        string[] approximate = [.. KernelRegistry.Definitions.Where(kernel => kernel.Name.StartsWith("KernelFoundry.Kernels.", StringComparison.Ordinal)
            && kernel.Variants.Any(variant => variant.Cuda.Any(code => code.Source.Contains("ex2.approx", StringComparison.Ordinal)))).Select(kernel => kernel.Name.Split('.')[^1])];
        Assert.Equal(["FlashAttention", "FlashDecode", "Softmax", "SoftmaxOfParts", "SoftmaxParts"], approximate.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Linear.MatVecInt8", 70)]
    [InlineData("Linear.MatMulInt8", 70)]
    public void Bytes_are_multiplied_four_at_a_time(string kernel, int target) =>
        Assert.All(Definition(kernel).Variants, variant => Assert.Contains(
            "dp4a.u32.s32", variant.Cuda.Single(code => code.Target == target).Source, StringComparison.Ordinal));

    [Fact]
    public void Products_of_bytes_are_the_same_bits_on_every_gpu()
    {
        Assert.Equal(MatMulInt8<Q4_0>(70), MatMulInt8<Q4_0>(80));
        Assert.Equal(MatMulInt8<Q6_K>(70), MatMulInt8<Q6_K>(90));
    }

    private static KernelDefinition Definition(string kernel) => KernelRegistry.Definitions.Single(each => each.Name == $"KernelFoundry.Kernels.{kernel}");

    private static int[] MatMulInt8<TWeight>(int target)
        where TWeight : unmanaged, IQuantEncoder
    {
        using Device device = EmulatedCuda.Open(target);
        var random = new Random(5);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        float[] weights = Values(Rows * Columns);
        int size = Element<TWeight>.BlockSize, bytes = Element<TWeight>.BlockBytes;
        var blocks = new byte[weights.Length / size * bytes];
        for (int i = 0; i < weights.Length / size; i++)
            TWeight.Encode(weights.AsSpan(i * size, size), [], blocks.AsSpan(i * bytes, bytes));
        DeviceMemory memory = device.AllocateBytes(blocks.Length);
        memory.Write(0, blocks);
        Panels<TWeight> w = device.Pack(new View2<TWeight>(memory, 0, Rows, Columns));
        View2<float> x = device.Upload<float>(Values(Tokens * Columns), Tokens, Columns), y = device.Allocate<float>(Tokens, Rows);
        Linear.MatMulInt8(device, w, x, y, default(NoEpilogue));
        return [.. y.ToArray().Select(BitConverter.SingleToInt32Bits)];
    }
}

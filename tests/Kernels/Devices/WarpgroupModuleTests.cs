using System.Text.RegularExpressions;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Products of halves on instructions of warpgroups: what a turn of their loop is made of, counted from the text as docs/devices.md has it, and that whatever is missing in it is found.</summary>
public sealed class WarpgroupModuleTests
{
    private const int Threads = 256;

    // Of one turn, 64 columns of 128 x 256 results: what a warpgroup multiplies, and what a thread copies, loads as floats and stores as halves.
    private sealed record Turn(int Products, int Copies, int Floats, int Stores);

    [Theory]
    [InlineData("MatMulHalf", 12, 0)]
    [InlineData("MatMul", 8, 8)]
    public void A_turn_multiplies_while_the_next_two_arrive(string kernel, int copies, int floats)
    {
        Turn expected = new(Products: 4, copies, floats, Stores: floats / 2);
        foreach (KernelVariant variant in Variants(kernel))
        {
            // The slow path, where rows begin anywhere and at the end of floats, stores word by word.
            string[] turn = [.. TurnOf(variant.Cuda[2].Source).Where(block => !block.Contains("\tst.shared.b32", StringComparison.Ordinal)).SelectMany(block => block.Split('\n'))];
            int Count(string opcode) => turn.Count(line => line.StartsWith("\t" + opcode, StringComparison.Ordinal));
            Assert.Equal(expected, new Turn(Count("wgmma.mma_async"), Count("cp.async.cg.shared.global"), Count("ld.global.v4.f32"), Count("st.shared.v4.b32")));

            // Everything that keeps turns apart, once and in this order; products are waited for a turn later.
            string[] order = ["cp.async.wait_group 1;", "fence.proxy.async.shared::cta;", "bar.sync 0;", "wgmma.fence.sync.aligned;", "wgmma.mma_async", "wgmma.commit_group.sync.aligned;",
                "cp.async.cg", "cp.async.commit_group;", "wgmma.wait_group.sync.aligned 1;"];
            string text = string.Join('\n', turn);
            Assert.All(order.Where(opcode => opcode.EndsWith(';')), opcode => Assert.Equal(1, Count(opcode)));
            Assert.Equal(order, order.OrderBy(opcode => text.IndexOf(opcode, StringComparison.Ordinal)));
            Assert.True(floats == 0 || text.LastIndexOf("cvt.rn.", StringComparison.Ordinal) > text.IndexOf("wgmma.wait_group", StringComparison.Ordinal));

            // Two warps a quarter issue in the 1024 clocks that its multipliers take for four products of each warpgroup.
            Assert.InRange(2 * turn.Count(line => line.StartsWith('\t')), 1, 1024 / 2);

            // 128 bytes of shared memory a clock: each product reads 64 rows and 256 columns of 32 bytes; 384 rows of 128 bytes are written. It takes as long as multiplying.
            int read = 2 * expected.Products * (64 + 256) * 32, written = Threads * 16 * (expected.Copies + expected.Stores);
            Assert.Equal(1024, (read + written) / 128);
        }
    }

    [Theory]
    [InlineData("MatMulHalf")]
    [InlineData("MatMul")]
    public void The_product_lies_where_the_stages_were(string kernel)
    {
        foreach (KernelVariant variant in Variants(kernel))
        {
            CudaCode code = variant.Cuda[2];
            Assert.Contains(".version 8.0\n.target sm_90a\n", code.Source, StringComparison.Ordinal);
            Assert.Contains(".extern .shared .align 1024 ", code.Source, StringComparison.Ordinal);
            Assert.Contains($".reqntid {Threads}, 1, 1", code.Source, StringComparison.Ordinal);

            // Four stages of 384 rows of 128 bytes, which are more than 128 x 256 floats with 8 more between rows; and a float a thread, for the largest magnitude.
            bool looks = kernel == "MatMul" && variant.TypeKey.StartsWith("Half", StringComparison.Ordinal);
            Assert.Equal((4 * 384 * 128) + (looks ? 4 * Threads : 0), SharedBytes(code));
        }
    }

    [Theory]
    [InlineData("fence.proxy.async.shared::cta;", 0, "which no fence.proxy.async of its writer and a barrier have made visible to it")]
    [InlineData("wgmma.fence.sync.aligned;", 0, "sums in a register that other instructions have used since the last wgmma.fence")]
    [InlineData("wgmma.commit_group.sync.aligned;", 0, "which a product reads that has not been waited for")]
    [InlineData("wgmma.wait_group.sync.aligned 1;", 0, "which a product reads that has not been waited for")]
    [InlineData("wgmma.wait_group.sync.aligned 0;", 0, "uses a register that a product sums in, which has not been waited for")]
    [InlineData("cp.async.commit_group;", 0, "under way that has not been waited for")]
    [InlineData("bar.sync 0;", 0, "shared memory at")]
    [InlineData("bar.sync 0;", 1, "shared memory at")]
    public void The_emulated_device_finds_what_is_missing(string instruction, int which, string message)
    {
        foreach (string kernel in new[] { nameof(Linear.MatMulHalf), nameof(Linear.MatMul) })
            Assert.Contains(message, MistakenProduct.Failure(kernel, 90, source => MistakenProduct.Without(source, instruction, which)), StringComparison.Ordinal);
    }

    // A wait for too little; matrices that are not where, or as, their descriptors say; warps of a warpgroup that do not agree; operands beyond the subset.
    [Theory]
    [InlineData(@"cp\.async\.wait_group 1;", "cp.async.wait_group 2;", "under way that has not been waited for")]
    [InlineData(@"wgmma\.wait_group\.sync\.aligned 1;", "wgmma.wait_group.sync.aligned 2;", "which a product reads that has not been waited for")]
    [InlineData(@"\.align 1024 ", ".align 16 ", "which does not begin in the first of eight rows of 128 bytes")]
    [InlineData(@"mov\.b32 (%r\d+), 1073741888;", "mov.b32 $1, 64;", "only matrices permuted within 128 bytes")]
    [InlineData(@"div\.s32 (%r\d+), (%r\d+), 4;", "div.s32 $1, $2, 2;", "the warps of a warpgroup")]
    [InlineData(@", 1, 1, 0, 0;", ", 1, 1, 0, 1;", "transposed operands")]
    [InlineData(@"\.target sm_90a", ".target sm_90", "is of sm_90a alone")]
    [InlineData(@"\.version 8\.0", ".version 7.8", "needs .version 8.0")]
    public void The_emulated_device_finds_what_is_wrong(string pattern, string replacement, string message)
    {
        foreach (string kernel in new[] { nameof(Linear.MatMulHalf), nameof(Linear.MatMul) })
        {
            Assert.Null(MistakenProduct.Failure(kernel, 90, source => source));
            Assert.Contains(message, MistakenProduct.Failure(kernel, 90, source => Changed(source, pattern, replacement)), StringComparison.Ordinal);
        }
    }

    private static string Changed(string source, string pattern, string replacement)
    {
        Assert.Matches(pattern, source);
        return Regex.Replace(source, pattern, replacement);
    }

    private static unsafe int SharedBytes(CudaCode code)
    {
        LaunchShape shape = default;
        long* arguments = stackalloc long[64];
        new Span<long>(arguments, 64).Fill(256);
        code.Plan(arguments, &shape);
        return (int)shape.LocalBytes;
    }

    // The loop around products, in pieces between labels.
    private static string[] TurnOf(string source)
    {
        int products = source.IndexOf("\tcp.async.wait_group", StringComparison.Ordinal);
        Match back = Regex.Match(source[products..], @"wgmma\.wait_group\.sync\.aligned 1;(?:.|\n)*?@%p\d+ bra (\$L\d+);\n\$L\d+:\n\twgmma\.wait_group\.sync\.aligned 0;");
        Assert.True(back.Success);
        int from = source.IndexOf($"{back.Groups[1].Value}:\n", StringComparison.Ordinal);
        return source[from..(products + back.Index + back.Length)].Replace("\twgmma.wait_group.sync.aligned 0;", "", StringComparison.Ordinal).Split("\n$", StringSplitOptions.RemoveEmptyEntries);
    }

    private static KernelVariant[] Variants(string kernel) =>
        [.. KernelRegistry.Definitions.Single(each => each.Name == $"KernelFoundry.Kernels.Linear.{kernel}").Variants.Where(variant => variant.Cuda.Count > 2)];
}

using KernelFoundry.Testing.Ptx;

namespace KernelFoundry.Testing.Tests.Ptx;

/// <summary>wgmma against products of numbers, where the ISA says that elements lie, and what it must not be used without.</summary>
public sealed class PtxWarpgroupTests
{
    private const int Threads = 128;
    private const int Sums = 64;

    // Each thread stores a row of sixteen halves, pieces permuted within 128 bytes, the third quarter of a row on; X times its own transpose, from its first 64 rows.
    private const string Store = """
        mov.u32 %r20, shared;
        mul.lo.s32 %r21, %r63, 128;
        add.s32 %r21, %r20, %r21;
        and.b32 %r22, %r63, 7;
        xor.b32 %r23, %r22, 4;
        xor.b32 %r24, %r22, 5;
        mad.lo.s32 %r25, %r23, 16, %r21;
        mad.lo.s32 %r26, %r24, 16, %r21;
        st.shared.v4.b32 [%r25], {%r0, %r1, %r2, %r3};
        st.shared.v4.b32 [%r26], {%r4, %r5, %r6, %r7};
        """;

    private const string Describe = """
        add.s32 %r27, %r20, 64;
        bfe.u32 %r28, %r27, 4, 14;
        cvt.s64.s32 %rd10, %r28;
        mov.b32 %r29, 1073741888;
        cvt.s64.s32 %rd11, %r29;
        shl.b64 %rd11, %rd11, 32;
        add.s64 %rd10, %rd10, %rd11;
        mov.pred %p1, -1;
        """;

    private static readonly string Registers = string.Join(", ", Enumerable.Range(0, Sums).Select(i => $"%f{i}"));

    private static string Zero(float start) => string.Join('\n', Enumerable.Range(0, Sums).Select(i => $"mov.f32 %f{i}, 0f{PtxLab.Bits(start):X8};"));

    private static string Product(string type = "f16") => $"wgmma.mma_async.sync.aligned.m64n128k16.f32.{type}.{type} {{{Registers}}}, %rd10, %rd10, %p1, 1, 1, 0, 0;\n";

    private static string Body(string product, string wait = "wgmma.wait_group.sync.aligned 0;", string publish = "fence.proxy.async.shared::cta;", int first = 0) =>
        $"{Store}\n{publish}\nbar.sync 0;\n{Describe}\n{Zero(1)}\n{product}\n{wait}\n"
        + string.Join('\n', Enumerable.Range(0, PtxLab.Words).Select(i => $"mov.b32 %r{8 + i}, %f{first + i};"));

    private static uint[][] Run(string body, Func<int, int, uint> element) => PtxLab.Run(
        body, [.. Enumerable.Range(0, Threads).Select(row => Enumerable.Range(0, PtxLab.Words).Select(i => element(row, 2 * i) | (element(row, (2 * i) + 1) << 16)).ToArray())],
        128 * Threads, 90, isSpecific: true);

    [Theory]
    [InlineData("f16")]
    [InlineData("bf16")]
    public void A_product_is_that_of_its_matrices(string type)
    {
        static float X(int row, int k) => ((row * 7) + (k * 3) % 11) % 13 - 6;
        uint Bits(float value) => type == "f16" ? BitConverter.HalfToUInt16Bits((Half)value) : BitConverter.SingleToUInt32Bits(value) >> 16;
        const string Commit = "wgmma.commit_group.sync.aligned;";
        for (int first = 0; first < Sums; first += PtxLab.Words)
        {
            // Two products of one group: the second adds to what the first has left.
            uint[][] found = Run(Body($"wgmma.fence.sync.aligned;\n{Product(type)}{Product(type)}{Commit}", first: first), (row, k) => Bits(X(row, k)));
            for (int thread = 0; thread < Threads; thread++)
            {
                for (int i = 0; i < PtxLab.Words; i++)
                {
                    int number = first + i, lane = thread % 32;
                    int row = (16 * (thread / 32)) + (lane / 4) + (8 * (number / 2 % 2)), column = (8 * (number / 4)) + (2 * (lane % 4)) + (number % 2);
                    Assert.Equal(1 + (2 * Enumerable.Range(0, 16).Sum(k => X(row, k) * X(column, k))), PtxLab.Float(found[thread][i]));
                }
            }
        }
    }

    [Fact]
    public void What_keeps_products_apart_must_be_there()
    {
        const string Fence = "wgmma.fence.sync.aligned;\n", Commit = "wgmma.commit_group.sync.aligned;\n";
        (string Body, string Message)[] mistakes =
        [
            (Body(Product() + Commit), "since the last wgmma.fence"),
            (Body(Fence + Product() + Commit, wait: ""), "uses a register that a product sums in"),
            (Body(Fence + Product()), "uses a register that a product sums in"),
            (Body(Fence + Product() + Commit, wait: "wgmma.wait_group.sync.aligned 1;"), "uses a register that a product sums in"),
            (Body(Fence + Product() + Commit + "mov.f32 %f63, 0f00000000;\n"), "uses a register that a product sums in"),
            (Body(Fence + Product() + Commit, publish: ""), "no fence.proxy.async of its writer and a barrier have made visible"),
            (Body(Fence + Product() + Commit, publish: "bar.sync 0;\nfence.proxy.async.shared::cta;").Replace("cta;\nbar.sync 0;", "cta;", StringComparison.Ordinal), "no fence.proxy.async of its writer and a barrier have made visible"),
            (Body(Fence + Product() + Commit + "st.shared.b32 [%r25], %r0;\n"), "which a product reads that has not been waited for"),
            (Body(Fence + Product() + Commit, wait: "wgmma.wait_group.sync.aligned 0;\nst.shared.b32 [%r25], %r0;\n"), "since the last barrier"),
            (Body(Fence + "add.s64 %rd10, %rd10, 1;\n" + Product() + Commit), "which does not begin in the first of eight rows"),
            (Body(Fence + "add.s64 %rd10, %rd10, 64;\n" + Product() + Commit), "and the block has 16384"),
            (Body(Fence + "cvt.s64.s32 %rd12, %r63;\nadd.s64 %rd10, %rd10, %rd12;\n" + Product() + Commit), "multiplies another matrix than lane 0"),
            (Body(Fence + "setp.lt.s32 %p1, %r63, 7;\n" + Product() + Commit), "begins sums in some lanes"),
            (Body("setp.lt.s32 %p2, %r63, 32;\n@%p2 bra $skip;\n" + Fence + Product() + Commit + "$skip:\n"), "the warps of a warpgroup"),
            (Body("setp.lt.s32 %p2, %r63, 7;\n@%p2 bra $skip;\n" + Fence + "$skip:\n" + Product() + Commit), "wgmma.fence"),
        ];
        Assert.All(mistakes, mistake => Assert.Contains(mistake.Message, Assert.Throws<PtxFaultException>(() => Run(mistake.Body, (_, _) => 0)).Message, StringComparison.Ordinal));
        Assert.Equal(Threads, Run(Body(Fence + Product() + Commit), (_, _) => 0).Length);
    }

    // Sums begin where a predicate says so, whatever was there.
    [Fact]
    public void Sums_begin_where_they_are_not_added_to() => Assert.All(
        Run(Body("wgmma.fence.sync.aligned;\nmov.pred %p1, 0;\n" + Product() + "wgmma.commit_group.sync.aligned;"), (_, _) => BitConverter.HalfToUInt16Bits((Half)0.5f)),
        words => Assert.All(words, word => Assert.Equal(4f, PtxLab.Float(word))));

    [Theory]
    [InlineData("wgmma.fence.sync.aligned;", 90, false, "is of sm_90a alone, and the module's target is sm_90")]
    [InlineData("wgmma.fence.sync.aligned;", 80, false, "needs sm_90")]
    [InlineData("fence.proxy.async.shared::cta;", 80, false, "needs sm_90")]
    [InlineData("wgmma.wait_group.sync.aligned %r0;", 90, true, "is no integer literal")]
    [InlineData("wgmma.fence.sync.aligned;", 100, true, "is of sm_90a alone, and the module's target is sm_100a")]
    public void Modules_of_other_GPUs_have_none(string body, int target, bool isSpecific, string message) =>
        Assert.Contains(message, Assert.Throws<PtxException>(() => PtxLab.Run(body, [new uint[PtxLab.Words]], 0, target, isSpecific)).Message, StringComparison.Ordinal);

    // Many sums at once are those one by one, for numbers at the ends of their ranges too.
    [Fact]
    public void Sums_together_are_sums_one_by_one()
    {
        var random = new Random(3);
        float[] ends = [0f, -0f, float.PositiveInfinity, float.NaN, 1e-38f, -1e-40f, 3.4e38f, 65504f, 6e-8f];
        for (int round = 0; round < 200; round++)
        {
            float Draw() => round % 4 == 0 && random.Next(6) == 0 ? ends[random.Next(ends.Length)] : (random.NextSingle() - 0.5f) * MathF.Pow(2, random.Next(-20, 20));
            double[] row = [.. Enumerable.Range(0, 16).Select(_ => (double)Draw())], columns = [.. Enumerable.Range(0, 16 * 16).Select(_ => (double)Draw())];
            float[] before = [.. Enumerable.Range(0, 16).Select(_ => Draw())], sums = [.. before];
            PtxMatrixSum.Add(sums, row, columns);
            for (int column = 0; column < 16; column++)
            {
                double[] products = [.. Enumerable.Range(0, 16).Select(k => row[k] * columns[(k * 16) + column])];
                Assert.Equal(PtxMatrixSum.Add(PtxMatrixSum.Add(before[column], products.AsSpan(0, 8)), products.AsSpan(8)), sums[column]);
            }
        }
    }
}

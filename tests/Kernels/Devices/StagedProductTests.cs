using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// Products of halves on instructions for matrices: what a turn of their loop is made of, counted from the text as docs/devices.md has it, and that they are right where stages, rows and
/// columns end in between.
/// </summary>
public sealed class StagedProductTests
{
    private const int Warps = 4;

    // Of one turn, 32 columns of 128 x 128 results: what a warp multiplies and loads, and what a thread copies, loads as floats and stores as halves.
    private sealed record Turn(int Products, int Loads, int Copies, int Floats, int Stores);

    [Theory]
    [InlineData("MatMulHalf", 0)]
    [InlineData("MatMul", 8)]
    public void A_turn_multiplies_while_the_next_three_arrive(string kernel, int floats)
    {
        Turn expected = new(Products: 64, Loads: 16, Copies: floats > 0 ? 4 : 8, Floats: floats, Stores: floats / 2);
        foreach (string source in Sources(kernel))
        {
            // The slow path, where rows begin anywhere, stores word by word.
            string[] turn = [.. TurnOf(source).Where(block => !block.Contains("\tst.shared.b32", StringComparison.Ordinal)).SelectMany(block => block.Split('\n'))];
            int Count(string opcode) => turn.Count(line => line.StartsWith("\t" + opcode, StringComparison.Ordinal));
            Assert.Equal(expected, new Turn(
                Count("mma.sync.aligned.m16n8k16"), Count("ldmatrix.sync.aligned.m8n8.x4.shared"), Count("cp.async.cg.shared.global"), Count("ld.global.v4.f32"), Count("st.shared.v4.b32")));

            // Three groups are made before the first is waited for; two are under way while it is multiplied, beside the one that has just begun.
            Assert.Equal(1, Count("cp.async.wait_group 2;"));
            Assert.Equal(1, Count("cp.async.commit_group"));
            Assert.Equal(1, Count("bar.sync"));

            // What is copied is asked for before anything is multiplied, and floats are looked at after.
            string text = string.Join('\n', turn);
            int first = text.IndexOf("mma.sync", StringComparison.Ordinal), last = text.LastIndexOf("mma.sync", StringComparison.Ordinal);
            Assert.True(text.LastIndexOf("cp.async", StringComparison.Ordinal) < first);
            Assert.True(text.LastIndexOf("ld.global", StringComparison.Ordinal) < first);
            Assert.All(["cvt.rn.", "st.shared", "max.f32"], opcode => Assert.True(text.IndexOf(opcode, StringComparison.Ordinal) is var at && (at < 0 || at > last)));

            // An instruction for matrices keeps a quarter of an A100's multiprocessor busy for eight clocks, in which it issues eight.
            int instructions = turn.Count(line => line.StartsWith('\t'));
            Assert.InRange((double)instructions / expected.Products, 1, floats > 0 ? 4.8 : 2.8);

            // 128 bytes of shared memory a clock: three quarters of the products' time.
            int bytes = Warps * 32 * ((16 * expected.Loads) + (16 * expected.Copies) + (16 * expected.Stores));
            Assert.Equal(0.75, bytes / 128.0 / (8.0 * expected.Products));
        }
    }

    [Theory]
    [InlineData("MatMulHalf")]
    [InlineData("MatMul")]
    public void The_product_lies_where_the_stages_were(string kernel)
    {
        foreach (KernelVariant variant in Variants(kernel))
        {
            string source = variant.Cuda[1].Source;
            Assert.Contains(".reqntid 128, 1, 1", source, StringComparison.Ordinal);

            // Sums of 128 x 128 floats, with 8 more between rows, or four stages of 256 rows of 64 bytes; and a float a thread, for the largest magnitude.
            bool looks = kernel == "MatMul" && variant.TypeKey.StartsWith("Half", StringComparison.Ordinal);
            Assert.Equal((128 * 136 * 4) + (looks ? 512 : 0), SharedBytes(variant));
        }
    }

    // Whole stages and a part of one, blocks of rows and columns and parts of them; rows that begin at 16 bytes and rows that do not.
    [Theory]
    [InlineData(150, 200, 328, 328)]
    [InlineData(129, 40, 96, 104)]
    [InlineData(65, 130, 33, 40)]
    [InlineData(70, 36, 168, 171)]
    [InlineData(3, 129, 8, 8)]
    [InlineData(140, 270, 576, 576)]
    public void Products_are_those_of_doubles(int tokens, int rows, int cols, int pitch)
    {
        foreach (int target in new[] { 80, 90 })
        {
            Check<Half>(target, tokens, rows, cols, pitch, value => (Half)value, value => (double)value);
            Check<BFloat16>(target, tokens, rows, cols, pitch, value => (BFloat16)value, value => (float)value);
        }
    }

    // What keeps the turns apart: the wait for a stage, the barrier after it (before which others still read the stage that is filled next), and the one before sums take the stages' place.
    [Theory]
    [InlineData("MatMulHalf")]
    [InlineData("MatMul")]
    public void The_emulated_device_finds_what_is_missing(string kernel)
    {
        Func<string, string>[] mistakes =
        [
            source => source.Replace("cp.async.wait_group 2;", "cp.async.wait_group 3;", StringComparison.Ordinal),
            source => MistakenProduct.Without(source, "bar.sync 0;", 0),
            source => MistakenProduct.Without(source, "bar.sync 0;", 1),
        ];
        Assert.Null(MistakenProduct.Failure(kernel, 80, source => source));
        Assert.All(mistakes, mistake => Assert.Contains("shared memory at", MistakenProduct.Failure(kernel, 80, mistake), StringComparison.Ordinal));
    }

    // One activation that is no half, in the last stage and in a block of its own: the block is multiplied in floats, the others as matrices.
    [Theory]
    [InlineData(80)]
    [InlineData(90)]
    public void A_float_that_is_no_half_is_found_in_any_stage(int target)
    {
        const int Tokens = 130, Rows = 9, Cols = 72;
        using Device device = EmulatedCuda.Open(target);
        Half[] w = [.. Enumerable.Range(0, Rows * Cols).Select(i => (Half)(1 + (i % 3)))];
        float[] x = new float[Tokens * Cols];
        x[(129 * Cols) + 71] = 70_000f;
        x[(129 * Cols) + 3] = 0.1f;
        x[3] = 0.1f;
        View2<float> y = device.Allocate<float>(Tokens, Rows);
        Linear.MatMul(device, device.Upload<Half>(w, Rows, Cols), device.Upload<float>(x, Tokens, Cols), y, default(NoEpilogue));
        float[] found = y.ToArray();
        for (int row = 0; row < Rows; row++)
        {
            float first = (float)w[(row * Cols) + 3], last = (float)w[(row * Cols) + 71];
            Assert.Equal((float)(Half)0.1f * first, found[row]);
            Assert.Equal(float.FusedMultiplyAdd(70_000f, last, 0.1f * first), found[(129 * Rows) + row]);
        }
    }

    private static void Check<T>(int target, int tokens, int rows, int cols, int pitch, Func<float, T> element, Func<T, double> number)
        where T : unmanaged
    {
        using Device device = EmulatedCuda.Open(target);
        var random = new Random((tokens * 1000) + cols);
        T[] w = [.. Enumerable.Range(0, rows * pitch).Select(_ => element((random.NextSingle() * 2) - 1))];
        T[] x = [.. Enumerable.Range(0, tokens * pitch).Select(_ => element((random.NextSingle() * 2) - 1))];
        float[] floats = [.. x.Select(value => (float)number(value))];
        View2<T> weights = device.Upload<T>(w, rows, pitch).Slice(1, 0, cols);
        View2<float> half = device.Allocate<float>(tokens, rows), rounded = device.Allocate<float>(tokens, rows);
        Linear.MatMulHalf(device, weights, device.Upload<T>(x, tokens, pitch).Slice(1, 0, cols), half, default(NoEpilogue));
        Linear.MatMul(device, weights, device.Upload<float>(floats, tokens, pitch).Slice(1, 0, cols), rounded, default(NoEpilogue));
        float[] results = half.ToArray();
        Assert.Equal(results, rounded.ToArray());
        for (int i = 0; i < results.Length; i++)
        {
            double sum = 0, largest = 0;
            for (int k = 0; k < cols; k++)
            {
                double product = number(x[(i / rows * pitch) + k]) * number(w[(i % rows * pitch) + k]);
                sum += product;
                largest = Math.Max(largest, Math.Max(Math.Abs(sum), Math.Abs(product)));
            }

            // Every eight products are added to what is there and cut to 24 bits: by 2^-23 of the largest term or sum each.
            double error = ((cols / 8) + 1) * 4 * Math.ScaleB(largest, -23);
            Assert.InRange(results[i], sum - error, sum + error);
        }
    }

    private static unsafe int SharedBytes(KernelVariant variant)
    {
        LaunchShape shape = default;
        long* arguments = stackalloc long[64];
        new Span<long>(arguments, 64).Fill(256);
        variant.Cuda[1].Plan(arguments, &shape);
        return (int)shape.LocalBytes;
    }

    // From the wait that a loop begins with to the loop's branch back, in pieces between labels.
    private static string[] TurnOf(string source)
    {
        int from = source.IndexOf("\tcp.async.wait_group", StringComparison.Ordinal), label = source.LastIndexOf('$', from);
        string back = $"bra {source[label..source.IndexOf(':', label)]};";
        return source[from..(source.IndexOf(back, from, StringComparison.Ordinal) + back.Length)].Split("\n$", StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<string> Sources(string kernel) => Variants(kernel).Select(variant => variant.Cuda[1].Source);

    private static KernelVariant[] Variants(string kernel) =>
        [.. KernelRegistry.Definitions.Single(each => each.Name == $"KernelFoundry.Kernels.Linear.{kernel}").Variants.Where(variant => variant.Cuda.Count > 1)];
}

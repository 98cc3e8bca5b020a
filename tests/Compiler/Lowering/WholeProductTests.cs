using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets.Ptx;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>A loop over blocks of an axis that only sums products is one product, on GPUs that take both operands through stages; any other loop stays.</summary>
public sealed class WholeProductTests
{
    private static readonly Dictionary<string, Number> None = [];

    [Fact]
    public void A_loop_over_blocks_becomes_one_product()
    {
        Kernel whole = WholeProducts.In(Kernel("0"), _ => true);
        IrVerifier.Verify(whole);
        Assert.DoesNotContain(whole.Body.Ops, op => op.Code == OpCode.For);

        // Sums that start from zeros start from nothing.
        Assert.Equal(2, whole.Body.Ops.Single(op => op.Code == OpCode.Dot).Operands.Length);
        whole = WholeProducts.In(Kernel("1"), _ => true);
        IrVerifier.Verify(whole);
        Assert.Equal(3, whole.Body.Ops.Single(op => op.Code == OpCode.Dot).Operands.Length);
    }

    [Theory]
    [InlineData("0", 32, 64, 80)]
    [InlineData("0", 5, 9, 71)]
    [InlineData("0.5", 37, 97, 40)]
    [InlineData("0.5", 3, 2, 0)]
    public void And_has_the_same_result(string start, int tokens, int rows, int cols)
    {
        Kernel kernel = Kernel(start);
        float[] expected = LoopedProduct.Run(tokens, rows, cols, memory => TileInterpreter.Run(kernel, memory, None));
        Assert.Equal(expected, LoopedProduct.Run(tokens, rows, cols, memory => TileInterpreter.Run(WholeProducts.In(kernel, _ => true), memory, None)));
        Program program = PtxTarget.Lower(kernel, PtxInstructions.Matrices);
        Assert.Contains(CodeWalk.All(program.Body), statement => statement is CopyAsync);
        Assert.Equal(expected, LoopedProduct.Run(tokens, rows, cols, memory => ThreadInterpreter.Run(program, memory, None)));
    }

    // What else a loop may do: anything but blocks from the beginning to the end of a view, one after the other, and sums that nothing else reads.
    [Theory]
    [InlineData("for %3, %26, %27", "for %2, %26, %27")]
    [InlineData("for %3, %26, %27", "for %3, %0, %27")]
    [InlineData("min %27, %33", "min %14, %33")]
    [InlineData("yield %41", "%50: f32[%22, %11] = add %41, %32\n    yield %50")]
    [InlineData("yield %41", "%50: f32[%22, %11] = neg %41\n    yield %50")]
    [InlineData("range %31, %35", "range %33, %35")]
    public void Other_loops_stay(string part, string other)
    {
        Kernel kernel = IrParser.ParseKernel(LoopedProduct.TextOf(32, 64, "0").Replace(part, other, StringComparison.Ordinal));
        Assert.Same(kernel, WholeProducts.In(kernel, _ => true));
    }

    [Fact]
    public void A_caller_that_does_not_take_the_product_keeps_the_loop()
    {
        Kernel kernel = Kernel("0");
        Assert.Same(kernel, WholeProducts.In(kernel, _ => false));
        Assert.DoesNotContain(CodeWalk.All(PtxTarget.Lower(kernel).Body), statement => statement is CopyAsync);
    }

    // A bank holds a word in 32. Eight rows of one piece are read by one step of ldmatrix; eight threads, of two rows, write at once.
    [Fact]
    public void Pieces_of_a_stage_that_go_together_lie_in_all_banks()
    {
        static int Bank(int row, int piece) => ((16 * row) + ((Literal)StageLayout.Warps.Swizzled(Expressions.Int(4 * piece), Expressions.Int(row))).Value.I32) % 32;
        for (int row = 0; row < 128; row += 8)
        {
            for (int piece = 0; piece < 4; piece++)
                Assert.Equal(8, Enumerable.Range(row, 8).Select(each => Bank(each, piece)).Distinct().Count());
        }

        for (int thread = 0; thread < 512; thread += 8)
            Assert.Equal(8, Enumerable.Range(thread, 8).Select(each => Bank(each / 4, each % 4)).Distinct().Count());
    }

    [Theory]
    [InlineData(128, 128, 4, 2, 2, 4, 4)]
    [InlineData(64, 64, 2, 1, 2, 4, 2)]
    [InlineData(17, 64, 4, 1, 4, 2, 1)]
    [InlineData(16, 64, 1, 1, 1, 1, 4)]
    public void Warps_share_a_product_with_the_fewest_loads(int rows, int columns, int warps, int down, int across, int blocks, int pairs) =>
        Assert.Equal(new WarpGrid(down, across, blocks, pairs), WarpGrid.Of(rows, columns, warps));

    [Theory]
    [InlineData(256, 256, 4)]
    [InlineData(16, 24, 1)]
    [InlineData(16, 16, 4)]
    public void Sums_that_do_not_fit_are_left_to_others(int rows, int columns, int warps) => Assert.Null(WarpGrid.Of(rows, columns, warps));

    private static Kernel Kernel(string start) => IrParser.ParseKernel(LoopedProduct.TextOf(32, 64, start));
}

using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Targets.Ptx;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>Products of blocks of views on instructions of warpgroups: that they are the same, and that whatever keeps their turns apart is missed where it is not there.</summary>
public sealed class WarpgroupProductTests
{
    private static readonly Dictionary<string, Number> None = [];

    // A part of a stage, whole ones, and more than there are; rows that begin at 16 bytes and rows that do not; a block, and parts of them.
    [Theory]
    [InlineData("0", 64, 128, 64)]
    [InlineData("0", 5, 9, 71)]
    [InlineData("0.5", 70, 131, 328)]
    [InlineData("0.5", 3, 2, 0)]
    public void Has_the_same_result(string start, int tokens, int rows, int cols)
    {
        Kernel kernel = Kernel(start);
        float[] expected = LoopedProduct.Run(tokens, rows, cols, memory => TileInterpreter.Run(kernel, memory, None));
        Program program = Lower(kernel);
        Assert.Contains(CodeWalk.All(program.Body), statement => statement is MultiplyWarpgroup);
        Assert.Equal(128, program.WorkGroup);
        Assert.Equal(expected, LoopedProduct.Run(tokens, rows, cols, memory => ThreadInterpreter.Run(program, memory, None)));
    }

    [Fact]
    public void A_warpgroup_has_64_rows()
    {
        Assert.Equal(256, Lower(Kernel("0", 128)).WorkGroup);
        Assert.DoesNotContain(CodeWalk.All(Lower(Kernel("0", 32)).Body), statement => statement is MultiplyWarpgroup);
    }

    // Each of them orders something: what is copied before products, products before what takes their place, sums before and after.
    [Theory]
    [InlineData(typeof(PublishLocal), 0, "not been published")]
    [InlineData(typeof(WaitCopies), 0, "a copy to there is under way")]
    [InlineData(typeof(OrderSums), 0, "not ordered before it")]
    [InlineData(typeof(WaitProducts), 0, "a product that reads there is under way")]
    [InlineData(typeof(WaitProducts), 1, "is a sum of a product that is under way")]
    [InlineData(typeof(Barrier), 0, "")]
    public void What_is_missing_is_found(Type kind, int which, string fault)
    {
        Program program = Lower(Kernel("0"));
        Assert.Null(Fault(program));
        int seen = 0;
        Program without = program with { Body = Without(program.Body, statement => statement.GetType() == kind && seen++ == which) };
        Assert.True(seen > which);
        KernelFault found = Assert.IsType<KernelFault>(Fault(without));
        Assert.Equal(FaultKind.Race, found.Kind);
        Assert.Contains(fault, found.Detail, StringComparison.Ordinal);
    }

    // The eight rows of a piece that are read at once, and the eight pieces of a row that are written at once, lie in all banks.
    [Fact]
    public void Pieces_of_a_stage_that_go_together_lie_in_all_banks()
    {
        static int Bank(int row, int piece) => ((32 * row) + ((Literal)StageLayout.Warpgroups.Swizzled(Expressions.Int(4 * piece), Expressions.Int(row))).Value.I32) % 32;
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(8, Enumerable.Range(0, 8).Select(row => Bank(row, i)).Distinct().Count());
            Assert.Equal(8, Enumerable.Range(0, 8).Select(piece => Bank(i, piece)).Distinct().Count());
        }
    }

    private static Kernel Kernel(string start, int tall = 64) => IrParser.ParseKernel(LoopedProduct.TextOf(tall, 128, start));

    private static Program Lower(Kernel kernel) => PtxTarget.Lower(kernel, PtxInstructions.Warpgroups);

    private static List<Stmt> Without(IEnumerable<Stmt> body, Func<Stmt, bool> drops) =>
    [
        .. body.Where(statement => !drops(statement)).Select(statement => statement switch
        {
            For loop => loop with { Body = Without(loop.Body, drops) },
            If branch => branch with { Then = Without(branch.Then, drops), Else = Without(branch.Else, drops) },
            _ => statement,
        }),
    ];

    private static KernelFault? Fault(Program program)
    {
        try
        {
            LoopedProduct.Run(20, 70, 400, memory => ThreadInterpreter.Run(program, memory, None));
            return null;
        }
        catch (KernelFaultException fault)
        {
            return fault.Fault;
        }
    }
}

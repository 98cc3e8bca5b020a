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

    // y[t, r] = sum over k of x[t, k] w[r, k], blocks of 64 x 128 results and 16 columns.
    private const string Text = """
        kernel Product file "Product.cs" workgroup 64
        param w: view Half 2
        param x: view Half 2
        param y: view float 2
        {
          %0: i32 = viewextent<0> w
          %1: i32 = const 128
          %3: i32 = const 0
          %2: i32 = const 127
          %4: i32 = add %0, %2
          %5: i32 = div %4, %1
          %6: i32 = programid<0> %5
          %7: i32 = mul %6, %1
          %8: i32 = sub %0, %7
          %9: i32 = min %1, %8
          %11: i32 = max %9, %3
          %12: i32[%11] = range %7, %11
          %13: i32 = viewextent<0> x
          %14: i32 = const TALL
          %15: i32 = const 63
          %16: i32 = add %13, %15
          %17: i32 = div %16, %14
          %18: i32 = programid<1> %17
          %19: i32 = mul %18, %14
          %20: i32 = sub %13, %19
          %21: i32 = min %14, %20
          %22: i32 = max %21, %3
          %23: i32[%22] = range %19, %22
          %24: f32 = const START
          %25: f32[%22, %11] = splat %24, %22, %11
          %26: i32 = viewextent<1> w
          %27: i32 = const 16
          %28: i32[%22, 1] = expand<1> %23
          %29: i32[%11, 1] = expand<1> %12
          %30: f32[%22, %11] = for %3, %26, %27, %25 { (%31: i32, %32: f32[%22, %11])
            %33: i32 = sub %26, %31
            %34: i32 = min %27, %33
            %35: i32 = max %34, %3
            %36: i32[%35] = range %31, %35
            %37: i32[1, %35] = expand<0> %36
            %38: f32[%22, %35] = load x[%28, %37]
            %39: f32[%11, %35] = load w[%29, %37]
            %40: f32[%35, %11] = transpose %39
            %41: f32[%22, %11] = dot %38, %40, %32
            yield %41
          }
          %42: i32[1, %11] = expand<0> %12
          store y[%28, %42] = %30
          return
        }

        """;

    // A part of a stage, whole ones, and more than there are; rows that begin at 16 bytes and rows that do not; a block, and parts of them.
    [Theory]
    [InlineData("0", 64, 128, 64)]
    [InlineData("0", 5, 9, 71)]
    [InlineData("0.5", 70, 131, 328)]
    [InlineData("0.5", 3, 2, 0)]
    public void Has_the_same_result(string start, int tokens, int rows, int cols)
    {
        Kernel kernel = Kernel(start);
        float[] expected = Run(tokens, rows, cols, memory => TileInterpreter.Run(kernel, memory, None));
        Program program = Lower(kernel);
        Assert.Contains(CodeWalk.All(program.Body), statement => statement is MultiplyWarpgroup);
        Assert.Equal(128, program.WorkGroup);
        Assert.Equal(expected, Run(tokens, rows, cols, memory => ThreadInterpreter.Run(program, memory, None)));
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

    private static Kernel Kernel(string start, int tall = 64) =>
        IrParser.ParseKernel(Text.Replace("START", start, StringComparison.Ordinal).Replace("TALL", IrText.Int(tall), StringComparison.Ordinal).Replace("const 63", $"const {tall - 1}", StringComparison.Ordinal));

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
            Run(20, 70, 400, memory => ThreadInterpreter.Run(program, memory, None));
            return null;
        }
        catch (KernelFaultException fault)
        {
            return fault.Fault;
        }
    }

    // Small integers: every order of sums gives the same floats.
    private static float[] Run(int tokens, int rows, int cols, Action<InterpreterMemory> run)
    {
        var memory = new InterpreterMemory();
        InterpreterView View(string name, Element element, params int[] shape)
        {
            byte[] bytes = new byte[shape.Aggregate(1, (a, b) => a * b) * element.Bytes];
            for (int i = 0; element == Element.F16 && i < bytes.Length / 2; i++)
                BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (Half)(((i * 7) % 13) - 6));
            return new InterpreterView(name, element, bytes, 0, shape, null, null) { Uninitialized = name == "y" };
        }

        memory.Add(View("w", Element.F16, rows, cols));
        memory.Add(View("x", Element.F16, tokens, cols));
        InterpreterView y = View("y", Element.F32, tokens, rows);
        memory.Add(y);
        run(memory);
        return [.. Enumerable.Range(0, tokens * rows).Select(i => BitConverter.ToSingle(y.Buffer, 4 * i))];
    }
}

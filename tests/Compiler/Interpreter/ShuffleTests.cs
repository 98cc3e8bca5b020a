using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using static KernelFoundry.Compiler.Tests.SampleKernels;

namespace KernelFoundry.Compiler.Tests.Interpreter;

/// <summary>What lanes of a warp get from each other.</summary>
public sealed class ShuffleTests
{
    private const int Group = 2 * Warp.Size;

    private static readonly ThreadIndex Thread = new();

    // The lane map of shfl.sync.bfly: lane l gets lane l xor mask, within its warp.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(31)]
    public void Each_lane_gets_the_one_whose_number_differs_in_the_mask(int mask)
    {
        var other = new Var("other", DType.I32);
        InterpreterMemory memory = Run(new Shuffle(other, Times(Thread, 3), mask), Store(other));
        Assert.Equal(Enumerable.Range(0, Group).Select(t => 3 * ((t / Warp.Size * Warp.Size) + ((t % Warp.Size) ^ mask))), memory.Ints("y"));
    }

    // All values are given before any is taken: no lane sees what another has made of its own.
    [Fact]
    public void A_butterfly_gives_every_lane_the_sum_of_its_warp()
    {
        var sum = new Var("sum", DType.I32);
        var body = new List<Stmt> { new Let(sum, Thread, Mutable: true) };
        for (int mask = Warp.Size / 2; mask > 0; mask /= 2)
        {
            var other = new Var($"other{mask}", DType.I32);
            body.Add(new Shuffle(other, sum, mask));
            body.Add(new Assign(sum, new Apply(OpCode.Add, DType.I32, false, new Expr[] { sum, other })));
        }

        body.Add(Store(sum));
        int first = Enumerable.Range(0, Warp.Size).Sum(), second = Enumerable.Range(Warp.Size, Warp.Size).Sum();
        Assert.Equal(Enumerable.Range(0, Group).Select(t => t < Warp.Size ? first : second), Run([.. body]).Ints("y"));
    }

    [Fact]
    public void Warps_go_round_a_loop_of_shuffles_each_as_often_as_it_needs()
    {
        var turn = new Var("turn", DType.I32);
        var other = new Var("other", DType.I32);
        var sum = new Var("sum", DType.I32);
        Expr warp = new Apply(OpCode.Shr, DType.I32, false, new Expr[] { Thread, Int(5) });
        InterpreterMemory memory = Run(
            new Let(sum, Int(0), Mutable: true),
            new For(turn, Int(0), new Apply(OpCode.Add, DType.I32, false, new[] { warp, Int(1) }), Int(1),
                [new Shuffle(other, Thread, 1), new Assign(sum, new Apply(OpCode.Add, DType.I32, false, new Expr[] { sum, other }))]),
            Store(sum));
        Assert.Equal(Enumerable.Range(0, Group).Select(t => (t ^ 1) * ((t / Warp.Size) + 1)), memory.Ints("y"));
    }

    [Fact]
    public void A_lane_that_goes_elsewhere_is_a_fault_at_the_shuffles_line()
    {
        var other = new Var("other", DType.I32);
        var at = new SourceLocation("Shuffle.cs", 9, 1);
        var choice = new If(
            new Apply(OpCode.Lt, DType.Bool, false, new Expr[] { Thread, Int(40) }), [new Shuffle(other, Thread, 1) { Location = at }], []);
        KernelFault fault = Assert.Throws<KernelFaultException>(() => Run(choice, Store(Thread))).Fault;
        Assert.Equal((FaultKind.BarrierDivergence, at), (fault.Kind, fault.Location));
        Assert.Contains("shuffle while work-item 40 has finished", fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Group, 0)]
    [InlineData(Group, Warp.Size)]
    [InlineData(40, 1)]
    public void A_shuffle_stays_within_whole_warps(int group, int mask)
    {
        var other = new Var("other", DType.I32);
        Assert.Throws<IrException>(() => CodeVerifier.Verify(Program(group, [new Shuffle(other, Thread, mask), Store(other)]), CodeForm.Thread));
        CodeVerifier.Verify(Program(Group, [new Shuffle(other, Thread, 1), Store(other)]), CodeForm.Thread);
    }

    private static InterpreterMemory Run(params Stmt[] body)
    {
        var memory = new InterpreterMemory(Memories.Ints("y", [Group]));
        ThreadInterpreter.Run(Program(Group, body), memory);
        return memory;
    }

    private static Program Program(int group, IReadOnlyList<Stmt> body)
    {
        Kernel kernel = Build("Shuffle", [View("y", 1, Element.I32)], _ => { });
        return new Program(new Kernel { Name = kernel.Name, Parameters = kernel.Parameters, Body = kernel.Body, WorkGroup = group }, [], body, [Int(1), Int(1), Int(1)]);
    }

    private static StoreView Store(Expr value) => new("y", new Expr[] { Thread }, Element.I32, value);

    private static Literal Int(int value) => new(Number.Of(value));

    private static Apply Times(Expr value, int factor) => new(OpCode.Mul, DType.I32, false, new[] { value, Int(factor) });
}

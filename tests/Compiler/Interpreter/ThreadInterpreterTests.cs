using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using static KernelFoundry.Compiler.Tests.SampleKernels;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Tests.Interpreter;

public class ThreadInterpreterTests
{
    private const int Group = 8;

    private static readonly ThreadIndex Thread = new();
    private static readonly Literal Zero = Int(0), One = Int(1);

    // Each work-item adds its stride of the row; a tree over local memory combines them. The shape of every reduction on a GPU.
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(37)]
    public void A_tree_reduction_sums_rows(int n)
    {
        float[] x = [.. Enumerable.Range(1, 3 * n).Select(i => (float)i)];
        var memory = new InterpreterMemory(Memories.Floats("x", [3, n], x), Memories.Output("y", 3));
        ThreadInterpreter.Run(TreeSum(barriers: true), memory);
        Assert.Equal(Enumerable.Range(0, 3).Select(row => x.Skip(row * n).Take(n).Sum()), memory.Floats("y"));
    }

    [Fact]
    public void Without_its_barriers_it_races()
    {
        var memory = new InterpreterMemory(Memories.Floats("x", [3, 8], new float[24]), Memories.Output("y", 3));
        KernelFault fault = Fault(TreeSum(barriers: false), memory);
        Assert.Equal((FaultKind.Race, "partial"), (fault.Kind, fault.Memory));
        Assert.Equal(0, fault.Program.Axis0);
    }

    // Work-item t reads what t + 1 or t - 1 wrote just before; neither order of running them hides it.
    [Theory]
    [InlineData(1)]
    [InlineData(Group - 1)]
    public void A_missing_barrier_is_a_race_at_its_line(int neighbour)
    {
        LocalBuffer tile = new("tile", DType.I32, Int(Group));
        Stmt[] body =
        [
            new StoreLocal(tile, Thread, Thread) { Location = At(3) },
            new StoreView("y", new Expr[] { Thread }, Element.I32, new LoadLocal(tile, I32(OpCode.Rem, I32(OpCode.Add, Thread, Int(neighbour)), Int(Group)), false)) { Location = At(5) },
        ];
        KernelFault fault = Fault(Program([tile], body), new InterpreterMemory(Memories.Ints("y", [Group])));
        Assert.Equal((FaultKind.Race, "tile"), (fault.Kind, fault.Memory));
        Assert.NotNull(fault.WorkItem);

        var memory = new InterpreterMemory(Memories.Ints("y", [Group]));
        ThreadInterpreter.Run(Program([tile], [body[0], new Barrier(), body[1]]), memory);
        Assert.Equal(Enumerable.Range(0, Group).Select(t => (t + neighbour) % Group), memory.Ints("y"));
    }

    [Fact]
    public void Work_items_that_write_one_element_race_even_with_equal_values()
    {
        KernelFault fault = Fault(Program([], [new StoreView("y", new Expr[] { Zero }, Element.I32, Int(7)) { Location = At(4) }]), new InterpreterMemory(Memories.Ints("y", [1])));
        Assert.Equal((FaultKind.Race, "y", 1), (fault.Kind, fault.Memory, fault.WorkItem));
        Assert.Equal(At(4), fault.Location);
        Assert.Contains("both write", fault.Detail, StringComparison.Ordinal);
        var memory = new InterpreterMemory(Memories.Ints("y", [1]));
        ThreadInterpreter.Run(Program([], [First(new StoreView("y", new Expr[] { Zero }, Element.I32, Int(7)))]), memory);
        Assert.Equal([7], memory.Ints("y"));
    }

    [Fact]
    public void Global_writes_are_seen_after_a_barrier_and_race_before_it()
    {
        StoreView store = new("y", new Expr[] { Thread }, Element.I32, Thread);
        Expr mirrored = I32(OpCode.Sub, Int(Group - 1), Thread);
        StoreView copy = new("z", new Expr[] { Thread }, Element.I32, new LoadView("y", new Expr[] { mirrored }, RawType.I32, false, DType.I32, false));
        InterpreterMemory Memory() => new(Memories.Ints("y", [Group]), Memories.Ints("z", [Group]));
        Assert.Equal((FaultKind.Race, "y"), Kind(Fault(Program([], [store, copy]), Memory())));
        InterpreterMemory memory = Memory();
        ThreadInterpreter.Run(Program([], [store, new Barrier(), copy]), memory);
        Assert.Equal(Enumerable.Range(0, Group).Reverse(), memory.Ints("z"));
    }

    // The first work-item to run writes what all others then read, or reads what another then writes.
    [Theory]
    [InlineData(0)]
    [InlineData(Group - 1)]
    public void Shared_elements_race_whoever_runs_first(int writer)
    {
        LocalBuffer cell = new("cell", DType.I32, One);
        Var v = new("v", DType.I32);
        KernelFault fault = Fault(
            Program([cell], [
                First(new StoreLocal(cell, Zero, One)),
                new Barrier(),
                new If(new Apply(OpCode.Eq, DType.Bool, false, new Expr[] { Thread, Int(writer) }), [new StoreLocal(cell, Zero, Int(2))], [new Let(v, new LoadLocal(cell, Zero, false))]),
            ]),
            new InterpreterMemory());
        Assert.Equal((FaultKind.Race, "cell", writer == 0 ? 1 : writer), (fault.Kind, fault.Memory, fault.WorkItem));
        Assert.Contains(writer == 0 ? "another is work-item 0" : "one of several work-items", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_does_not_race_with_the_one_before()
    {
        LocalBuffer tile = new("tile", DType.I32, Int(Group));
        Expr turned = I32(OpCode.Rem, I32(OpCode.Add, Thread, new ProgramIndex(0)), Int(Group));
        ThreadInterpreter.Run(Program([tile], [new StoreLocal(tile, turned, Thread)], groups: 3), new InterpreterMemory());
    }

    [Fact]
    public void Groups_are_unordered()
    {
        StoreView own = new("y", new Expr[] { new ProgramIndex(0) }, Element.I32, Int(1));
        StoreView shared = new("y", new Expr[] { Zero }, Element.I32, new ProgramIndex(0));
        KernelFault fault = Fault(Program([], [First(shared)], groups: 3), new InterpreterMemory(Memories.Ints("y", [3])));
        Assert.Equal((FaultKind.Race, 1), (fault.Kind, fault.Program.Axis0));
        var read = new StoreView("y", new Expr[] { new ProgramIndex(0) }, Element.I32, new LoadView("y", new Expr[] { Zero }, RawType.I32, false, DType.I32, false));
        Assert.Equal(FaultKind.Race, Fault(Program([], [First(read)], groups: 2), new InterpreterMemory(Memories.Ints("y", [3]))).Kind);
        ThreadInterpreter.Run(Program([], [First(own)], groups: 3), new InterpreterMemory(Memories.Ints("y", [3])));
    }

    [Fact]
    public void A_barrier_in_a_divergent_branch_is_a_fault()
    {
        Expr half = new Apply(OpCode.Lt, DType.Bool, false, new Expr[] { Thread, Int(Group / 2) });
        KernelFault fault = Fault(Program([], [new If(half, [new Barrier { Location = At(6) }], [])]), new InterpreterMemory());
        Assert.Equal((FaultKind.BarrierDivergence, At(6)), (fault.Kind, fault.Location));
        Assert.Contains("work-item 4 has finished", fault.Detail, StringComparison.Ordinal);

        fault = Fault(Program([], [new If(half, [new Barrier { Location = At(6) }], [new Barrier { Location = At(8) }])]), new InterpreterMemory());
        Assert.Equal(FaultKind.BarrierDivergence, fault.Kind);
        Assert.Contains("another barrier, at line 8", fault.Detail, StringComparison.Ordinal);

        // A uniform branch is none.
        Expr uniform = new Apply(OpCode.Lt, DType.Bool, false, new Expr[] { new ProgramIndex(0), One });
        ThreadInterpreter.Run(Program([], [new If(uniform, [new Barrier()], [])], groups: 2), new InterpreterMemory());
    }

    [Fact]
    public void A_barrier_in_a_loop_of_different_lengths_is_a_fault()
    {
        Var i = new("i", DType.I32);
        KernelFault fault = Fault(Program([], [new For(i, Zero, I32(OpCode.Add, Thread, One), One, [new Barrier { Location = At(9) }])]), new InterpreterMemory());
        Assert.Equal((FaultKind.BarrierDivergence, At(9)), (fault.Kind, fault.Location));
    }

    [Fact]
    public void Out_of_bounds_is_found_in_views_and_buffers()
    {
        LocalBuffer tile = new("tile", DType.I32, Int(Group - 1));
        KernelFault fault = Fault(Program([tile], [new StoreLocal(tile, Thread, One) { Location = At(3) }]), new InterpreterMemory());
        Assert.Equal((FaultKind.OutOfBounds, "tile"), Kind(fault));
        Assert.Equal((Group - 1, At(3)), (fault.Index[0], fault.Location));

        fault = Fault(Program([], [new StoreView("y", new Expr[] { Zero, I32(OpCode.Sub, Thread, One) }, Element.I32, One) { Location = At(4) }]), new InterpreterMemory(Memories.Ints("y", [2, Group])));
        Assert.Equal((FaultKind.OutOfBounds, "y"), Kind(fault));
        Assert.Equal([0, -1], fault.Index);

        var read = new Let(new Var("v", DType.F32), new LoadView("x", new Expr[] { Thread }, RawType.F32, false, DType.F32, false)) { Location = At(5) };
        Assert.Equal((FaultKind.OutOfBounds, "x"), Kind(Fault(Program([], [read]), new InterpreterMemory(Memories.Floats("x", [Group - 1])))));
    }

    [Fact]
    public void A_guard_keeps_from_memory()
    {
        Expr inside = new Apply(OpCode.Lt, DType.Bool, false, new Expr[] { Thread, new ExtentOf("x", 0) });
        Var v = new("v", DType.F32);
        var memory = new InterpreterMemory(Memories.Floats("x", [3], 1, 2, 3), Memories.Floats("y", [Group]), Memories.Output("z", 3));
        ThreadInterpreter.Run(Program([], [
            new Let(v, new LoadView("x", new Expr[] { Thread }, RawType.F32, false, DType.F32, false, Guard: inside, Other: new Literal(Number.Of(-1f)))),
            new StoreView("y", new Expr[] { Thread }, Element.F32, v),
            new StoreView("z", new Expr[] { Thread }, Element.F32, v, Guard: inside),
        ]), memory);
        Assert.Equal([1f, 2, 3, -1, -1, -1, -1, -1], memory.Floats("y"));
        Assert.Equal([1f, 2, 3], memory.Floats("z"));
    }

    [Fact]
    public void Local_memory_starts_uninitialised_in_every_group()
    {
        LocalBuffer tile = new("tile", DType.F32, Int(Group));
        Let read = new(new Var("v", DType.F32), new LoadLocal(tile, Thread, false)) { Location = At(7) };
        KernelFault fault = Fault(Program([tile], [read]), new InterpreterMemory());
        Assert.Equal((FaultKind.Uninitialized, "tile", At(7)), (fault.Kind, fault.Memory, fault.Location));

        // Group 1 does not see what group 0 wrote.
        var onlyFirst = new If(new Apply(OpCode.Eq, DType.Bool, false, new Expr[] { new ProgramIndex(0), Zero }), [new StoreLocal(tile, Thread, new Literal(Number.Of(1f)))], []);
        fault = Fault(Program([tile], [onlyFirst, read], groups: 2), new InterpreterMemory());
        Assert.Equal((FaultKind.Uninitialized, 1), (fault.Kind, fault.Program.Axis0));
    }

    [Fact]
    public void Reading_an_output_before_writing_it_is_a_fault()
    {
        Let read = new(new Var("v", DType.F32), new LoadView("y", new Expr[] { Thread }, RawType.F32, false, DType.F32, false));
        Assert.Equal((FaultKind.Uninitialized, "y"), Kind(Fault(Program([], [read]), new InterpreterMemory(Memories.Output("y", Group)))));
    }

    [Fact]
    public void Loops_and_mutable_variables()
    {
        // Collatz steps of 1 + thread.
        Var n = new("n", DType.I32), steps = new("steps", DType.I32), odd = new("odd", DType.Bool);
        var program = Program([], [
            new Let(n, I32(OpCode.Add, Thread, One), Mutable: true),
            new Let(steps, Zero, Mutable: true),
            new While([new Let(odd, new Apply(OpCode.Ne, DType.Bool, false, new Expr[] { n, One }))], odd,
            [
                new If(new Apply(OpCode.Eq, DType.Bool, false, new Expr[] { I32(OpCode.And, n, One), One }),
                    [new Assign(n, I32(OpCode.Add, I32(OpCode.Mul, n, Int(3)), One))],
                    [new Assign(n, I32(OpCode.Div, n, Int(2)))]),
                new Assign(steps, I32(OpCode.Add, steps, One)),
            ]),
            new StoreView("y", new Expr[] { Thread }, Element.I32, steps),
        ]);
        var memory = new InterpreterMemory(Memories.Ints("y", [Group]));
        ThreadInterpreter.Run(program, memory);
        Assert.Equal([0, 1, 7, 2, 5, 8, 16, 3], memory.Ints("y"));
    }

    [Fact]
    public void Other_faults_are_found()
    {
        Assert.Equal(FaultKind.DivisionByZero, Fault(Program([], [new Let(new Var("v", DType.I32), I32(OpCode.Rem, One, Thread))]), new InterpreterMemory()).Kind);
        Assert.Equal(FaultKind.NegativeExtent, Fault(Program([new LocalBuffer("b", DType.F32, Int(-1))], []), new InterpreterMemory()).Kind);
        Assert.Equal(FaultKind.NegativeExtent, Fault(Program([], [new For(new Var("i", DType.I32), Zero, One, Zero, [])]), new InterpreterMemory()).Kind);
        var endless = new While([], new Literal(Number.Of(true)), [new Barrier()]);
        Assert.Equal(FaultKind.Endless, Assert.Throws<KernelFaultException>(() => ThreadInterpreter.Run(Program([], [endless]), new InterpreterMemory(), stepLimit: 100)).Fault.Kind);
    }

    [Fact]
    public void Code_that_breaks_the_form_is_refused()
    {
        Var v = new("v", DType.I32);
        Refused("not declared", new Assign(v, One));
        Refused("not mutable", new Let(v, One), new Assign(v, One));
        Refused("declared twice", new Let(v, One), new Let(v, One));
        Refused("not declared", new If(new Literal(Number.Of(true)), [new Let(v, One)], []), new Let(new Var("w", DType.I32), v));
        Refused("is given F32", new Let(v, new Literal(Number.Of(1f))));
        Refused("vector", new Let(new Var("v", DType.I32, true), new LaneIndex(Zero)));
        Refused("no buffer", new StoreLocal(new LocalBuffer("tile", DType.I32, One), Zero, One));
        Refused("read as I32", new Let(v, new LoadView("h", new Expr[] { Zero }, RawType.I32, false, DType.I32, false)));
        Refused("stored as float", new StoreView("h", new Expr[] { Zero }, Element.F32, new Literal(Number.Of(1f))));

        static void Refused(string message, params Stmt[] body)
        {
            var memory = new InterpreterMemory(new InterpreterView("h", Element.F16, new byte[2], 0, [1]));
            Assert.Contains(message, Assert.Throws<IrException>(() => ThreadInterpreter.Run(Program([], body), memory)).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Arguments_and_three_grid_axes()
    {
        var program = new Program(
            Build("Grid", [], _ => { }),
            [],
            [First(new StoreView("y", new Expr[] { new ProgramIndex(2), new ProgramIndex(1), new ProgramIndex(0) }, Element.I32, new Argument("a", DType.I32)))],
            [new ExtentOf("y", 2), new ExtentOf("y", 1), new ExtentOf("y", 0)]);
        var memory = new InterpreterMemory(Memories.Ints("y", [2, 3, 4]));
        ThreadInterpreter.Run(program, memory, new Dictionary<string, Number> { ["a"] = Number.Of(9) });
        Assert.All(memory.Ints("y"), v => Assert.Equal(9, v));
        Assert.Throws<ArgumentException>(() => ThreadInterpreter.Run(program, memory));
    }

    private static Program TreeSum(bool barriers)
    {
        LocalBuffer partial = new("partial", DType.F32, Int(Group));
        Var sum = new("sum", DType.F32), k = new("k", DType.I32), stride = new("stride", DType.I32);
        Expr At(Expr index) => new LoadLocal(partial, index, false);
        Expr Plus(Expr a, Expr b) => new Apply(OpCode.Add, DType.F32, false, new Expr[] { a, b });
        var body = new List<Stmt>
        {
            new Let(sum, new Literal(Number.Of(0f)), Mutable: true),
            new For(k, Thread, new ExtentOf("x", 1), Int(Group), [new Assign(sum, Plus(sum, new LoadView("x", new Expr[] { new ProgramIndex(0), k }, RawType.F32, false, DType.F32, false)))]),
            new StoreLocal(partial, Thread, sum),
            new Barrier(),
            new Let(stride, Int(Group / 2), Mutable: true),
            new While([], new Apply(OpCode.Gt, DType.Bool, false, new Expr[] { stride, Zero }),
            [
                new If(new Apply(OpCode.Lt, DType.Bool, false, new Expr[] { Thread, stride }), [new StoreLocal(partial, Thread, Plus(At(Thread), At(I32(OpCode.Add, Thread, stride))))], []),
                new Barrier(),
                new Assign(stride, I32(OpCode.Div, stride, Int(2))),
            ]),
            First(new StoreView("y", new Expr[] { new ProgramIndex(0) }, Element.F32, At(Zero))),
        };
        return Program([partial], barriers ? body : Without(body), groups: 3);

        List<Stmt> Without(List<Stmt> statements) =>
            [.. statements.Where(s => s is not Barrier).Select(s => s is While loop ? loop with { Body = Without(loop.Body) } : s)];
    }

    private static KernelFault Fault(Program program, InterpreterMemory memory) =>
        Assert.Throws<KernelFaultException>(() => ThreadInterpreter.Run(program, memory)).Fault;

    private static (FaultKind Kind, string Memory) Kind(KernelFault fault) => (fault.Kind, fault.Memory);

    private static Program Program(LocalBuffer[] buffers, IReadOnlyList<Stmt> body, int groups = 1)
    {
        var kernel = new Kernel { Name = "Threads", WorkGroup = Group, Body = new Block() };
        return new Program(kernel, buffers, body, [Int(groups)]);
    }

    private static If First(Stmt statement) => new(new Apply(OpCode.Eq, DType.Bool, false, new Expr[] { Thread, Zero }), [statement], []);

    private static SourceLocation At(int line) => new("Threads.cs", line, 9);

    private static Literal Int(int value) => new(Number.Of(value));

    private static Apply I32(OpCode code, Expr a, Expr b) => new(code, DType.I32, false, new Expr[] { a, b });
}

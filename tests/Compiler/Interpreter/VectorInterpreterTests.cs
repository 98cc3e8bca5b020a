using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Tests.Interpreter;

public class VectorInterpreterTests
{
    private static readonly Literal Zero = Int(0);

    // The loop every reduction over a row is in vector form: whole vectors, a counted tail, lanes combined.
    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(39)]
    public void A_striped_sum_with_a_counted_tail(int n)
    {
        float[] x = [.. Enumerable.Range(0, n).Select(i => MathF.Sin(i) * MathF.Pow(10, i % 4))];
        Var k = new("k", DType.I32), sum = new("sum", DType.F32, true);
        Expr left = I32(OpCode.Sub, new ExtentOf("x", 0), k);
        Expr lanes = new LoadView("x", new Expr[] { k }, RawType.F32, false, DType.F32, true, Count: left);
        var memory = new InterpreterMemory(Memories.Floats("x", [n], x), Memories.Output("y", 1));
        VectorInterpreter.Run(Program([], [
            new Let(sum, new Broadcast(new Literal(Number.Of(0f))), Mutable: true),
            new For(k, Zero, new ExtentOf("x", 0), Int(16), [new Assign(sum, new Apply(OpCode.Add, DType.F32, true, new Expr[] { sum, lanes }))]),
            new StoreView("y", new Expr[] { Zero }, Element.F32, new ReduceLanes(ReduceKind.Sum, sum)),
        ]), memory);
        var partials = new float[16];
        for (int i = 0; i < n; i++)
            partials[i % 16] += x[i];
        for (int distance = 8; distance > 0; distance /= 2)
        {
            for (int i = 0; i < distance; i++)
                partials[i] += partials[i + distance];
        }

        Assert.Equal(partials[0], memory.Floats("y")[0]);
    }

    [Fact]
    public void Reads_and_writes_are_consecutive_or_gathered()
    {
        var memory = new InterpreterMemory(Memories.Ints("x", [32], [.. Enumerable.Range(100, 32)]), Memories.Ints("y", [20]));
        Expr even = new Apply(OpCode.Mul, DType.I32, true, new Expr[] { new LaneIndex(Zero), new Broadcast(Int(2)) });
        Expr gathered = new LoadView("x", new Expr[] { even }, RawType.I32, false, DType.I32, true);
        VectorInterpreter.Run(Program([], [new StoreView("y", new Expr[] { Int(4) }, Element.I32, gathered)]), memory);
        Assert.Equal([0, 0, 0, 0, .. Enumerable.Range(0, 16).Select(i => 100 + (2 * i))], memory.Ints("y"));

        Var v = new("v", DType.I32, true);
        VectorInterpreter.Run(Program([], [
            new Let(v, new LoadView("x", new Expr[] { One }, RawType.I32, false, DType.I32, true)),
            new StoreView("y", new Expr[] { Zero }, Element.I32, v, Count: Int(3)),
        ]), memory);
        Assert.Equal([101, 102, 103, 0, 100], memory.Ints("y")[..5]);
    }

    [Fact]
    public void Guards_choose_lanes_and_counts_zero_them()
    {
        Expr odd = new Apply(OpCode.Ne, DType.Bool, true, new Expr[] { new Apply(OpCode.And, DType.I32, true, new Expr[] { new LaneIndex(Zero), new Broadcast(One) }), new Broadcast(Zero) });
        var memory = new InterpreterMemory(Memories.Ints("x", [5], 10, 11, 12, 13, 14), Memories.Ints("y", [16], [.. Enumerable.Repeat(-1, 16)]));
        Expr guarded = new LoadView("x", new Expr[] { Zero }, RawType.I32, false, DType.I32, true, Count: Int(5), Guard: odd, Other: new Broadcast(Int(7)));
        VectorInterpreter.Run(Program([], [new StoreView("y", new Expr[] { Zero }, Element.I32, guarded, Count: Int(8))]), memory);
        Assert.Equal([7, 11, 7, 13, 7, 0, 0, 0, -1], memory.Ints("y")[..9]);
    }

    [Fact]
    public void Buffers_have_room_for_one_vector_past_their_end()
    {
        LocalBuffer tile = new("tile", DType.F32, Int(3));
        Var v = new("v", DType.F32, true);
        var memory = new InterpreterMemory(Memories.Output("y", 16));
        Expr loaded = new LoadLocal(tile, Int(2), true);
        VectorInterpreter.Run(Program([tile], [
            new StoreLocal(tile, Int(2), new Literal(Number.Of(4f))),
            new Let(v, loaded),
            new StoreView("y", new Expr[] { Zero }, Element.F32, v),
        ]), memory);
        Assert.Equal(4f, memory.Floats("y")[0]);
        Assert.All(memory.Floats("y")[1..], lane => Assert.True(float.IsNaN(lane)));

        KernelFault fault = Fault([tile], new Let(v, new LoadLocal(tile, Int(3), true)));
        Assert.Equal((FaultKind.OutOfBounds, "tile", 18), (fault.Kind, fault.Memory, fault.Index[0]));
        fault = Fault([tile], new Let(new Var("s", DType.F32), new LoadLocal(tile, Int(3), false)));
        Assert.Equal(FaultKind.OutOfBounds, fault.Kind);
        fault = Fault([tile], new Let(new Var("s", DType.F32), new LoadLocal(tile, Zero, false)));
        Assert.Equal(FaultKind.Uninitialized, fault.Kind);
    }

    [Fact]
    public void A_vector_read_past_a_view_is_a_fault()
    {
        KernelFault fault = Fault([], new Let(new Var("v", DType.F32, true), new LoadView("x", new Expr[] { One }, RawType.F32, false, DType.F32, true)));
        Assert.Equal((FaultKind.OutOfBounds, "x", 16), (fault.Kind, fault.Memory, fault.Index[0]));
    }

    [Fact]
    public void Halves_may_be_read_as_their_bits()
    {
        var half = new InterpreterView("h", Element.F16, [0x00, 0x3C], 0, [1]);
        var memory = new InterpreterMemory(half, Memories.Ints("y", [1]));
        VectorInterpreter.Run(Program([], [new StoreView("y", new Expr[] { Zero }, Element.I32, new LoadView("h", new Expr[] { Zero }, RawType.U16, false, DType.I32, false))]), memory);
        Assert.Equal([0x3C00], memory.Ints("y"));
    }

    [Fact]
    public void Threads_and_barriers_have_no_place_here()
    {
        Assert.Throws<IrException>(() => VectorInterpreter.Run(Program([], [new Barrier()]), new InterpreterMemory()));
        Assert.Throws<IrException>(() => VectorInterpreter.Run(Program([], [new Let(new Var("t", DType.I32), new ThreadIndex())]), new InterpreterMemory()));
    }

    private static Literal One => Int(1);

    private static KernelFault Fault(LocalBuffer[] buffers, Stmt statement)
    {
        var memory = new InterpreterMemory(Memories.Floats("x", [16]));
        return Assert.Throws<KernelFaultException>(() => VectorInterpreter.Run(Program(buffers, [statement]), memory)).Fault;
    }

    private static Program Program(LocalBuffer[] buffers, IReadOnlyList<Stmt> body) =>
        new(new Kernel { Name = "Vectors", Body = new Block() }, buffers, body, [Int(1)]);

    private static Literal Int(int value) => new(Number.Of(value));

    private static Apply I32(OpCode code, Expr a, Expr b) => new(code, DType.I32, false, new Expr[] { a, b });
}

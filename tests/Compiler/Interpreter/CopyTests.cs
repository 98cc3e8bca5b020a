using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using static KernelFoundry.Compiler.Tests.SampleKernels;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Tests.Interpreter;

/// <summary>Copies beside other work: there when they have been waited for and the group has met, and until then nobody's.</summary>
public sealed class CopyTests
{
    private static readonly ThreadIndex Thread = new();
    private static readonly LocalBuffer Words = new("words", DType.I32, Int(128));
    private static readonly Stmt Copy = new CopyAsync(Words, Times(Thread, 4), "x", new Expr[] { Times(Thread, 8) }, Int(8));
    private static readonly Stmt Fill = new StoreLocal(Words, Times(Thread, 4), Int(7));
    private static readonly Stmt ReadOther = new StoreView("y", new Expr[] { Thread }, Element.I32, new LoadLocal(Words, Times(Expressions.Make(OpCode.Xor, Thread, Int(1)), 4), false));

    [Fact]
    public void A_copy_that_has_been_waited_for_is_seen_after_a_barrier() =>
        Assert.Equal(Enumerable.Range(0, 32).Select(i => 8 * (i ^ 1)), Run(Copy, new CommitCopies(), new WaitCopies(0), new Barrier(), ReadOther));

    [Fact]
    public void Another_groups_wait_does_not_count()
    {
        Assert.Equal("under way", Fault(Copy, new CommitCopies(), new WaitCopies(1), new Barrier(), ReadOther));
        Assert.Equal("under way", Fault(Copy, new CommitCopies(), new Barrier(), ReadOther));
    }

    [Fact]
    public void What_lay_there_is_gone_when_the_copy_starts() =>
        Assert.Equal("under way", Fault(Fill, new Barrier(), Copy, new CommitCopies(), new Barrier(), ReadOther, new WaitCopies(0)));

    [Fact]
    public void A_barrier_must_come_between_others_reads_and_a_copy_and_between_a_copy_and_theirs()
    {
        Assert.Equal("race", Fault(Fill, new Barrier(), ReadOther, Copy, new CommitCopies(), new WaitCopies(0)));
        Assert.Equal("race", Fault(Copy, new CommitCopies(), new WaitCopies(0), ReadOther));
    }

    [Fact]
    public void Two_copies_to_one_place_meet() => Assert.Equal("under way", Fault(Copy, new CommitCopies(), Copy, new CommitCopies(), new WaitCopies(0)));

    private static string Fault(params Stmt[] body)
    {
        KernelFaultException fault = Assert.Throws<KernelFaultException>(() => Run(body));
        Assert.Equal(FaultKind.Race, fault.Fault.Kind);
        return fault.Message.Contains("under way", StringComparison.Ordinal) ? "under way" : "race";
    }

    // x holds 0, 1, 2, ... as halves' bits, two a word; a piece's first word is read.
    private static int[] Run(params Stmt[] body)
    {
        Kernel kernel = Build("Copies", [View("x", 1, Element.F16), View("y", 1, Element.I32)], _ => { });
        var program = new Program(
            new Kernel { Name = kernel.Name, Parameters = kernel.Parameters, Body = kernel.Body, WorkGroup = 32 }, [Words], body, [Int(1), Int(1), Int(1)]);
        CodeVerifier.Verify(program, CodeForm.Thread);
        byte[] halves = new byte[512];
        for (int i = 0; i < 256; i++)
            BitConverter.TryWriteBytes(halves.AsSpan(2 * i), (ushort)(i % 2 == 0 ? i : 0));
        var memory = new InterpreterMemory(new InterpreterView("x", Element.F16, halves, 0, [256], null, null), Memories.Ints("y", [32]));
        ThreadInterpreter.Run(program, memory);
        return [.. memory.Ints("y")];
    }

    private static Literal Int(int value) => new(Number.Of(value));

    private static Apply Times(Expr value, int factor) => new(OpCode.Mul, DType.I32, false, new[] { value, Int(factor) });
}

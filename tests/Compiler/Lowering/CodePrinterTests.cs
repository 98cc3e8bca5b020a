using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;
using static KernelFoundry.Compiler.Tests.SampleKernels;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>The text of the code form.</summary>
public sealed class CodePrinterTests
{
    [Fact]
    public void A_lowered_kernel_reads_as_loops()
    {
        Kernel kernel = Build("Scale", [View("x", 2, Element.F16), View("y", 2), Scalar("factor", DType.F32)], b =>
        {
            Value row = b.Emit(OpCode.ProgramId, 0, b.Extent("x", 0));
            Value cols = b.Range(0, b.Constant(32));
            b.Location = new SourceLocation("Scale.cs", 4, 5);
            b.Store("y", b.Emit(OpCode.Mul, null, b.Load("x", row, cols), b.Param("factor", DType.F32)), row, cols);
        });
        AssertText(
            """
            program Scale workgroup 64
            param x: view Half 2
            param y: view float 2
            param factor: scalar f32
            grid x.extent<0>, 1, 1
            {
              for e = threadid to 32 step groupsize { ; 4
                let f: f32 = load<f16> x[programid<0>, e]
                let f_1: f32 = mul(f, factor)
                store y[programid<0>, e] = f_1
              }
            }
            """,
            OpenClTarget.Lower(Specializer.Specialize(kernel, Specialization.None, TargetKind.OpenCl)));
    }

    [Fact]
    public void Every_statement_and_expression_has_a_text()
    {
        Literal zero = new(Number.Of(0)), half = new(Number.Of(0.5f)), yes = new(Number.Of(true)), unsigned = new(Number.Of(7u));
        LocalBuffer tile = new("tile", DType.F32, new ExtentOf("x", 0));
        Var i = new("i", DType.I32), v = new("v", DType.F32, true), n = new("n", DType.I32);
        LoadView bytes = new("q", new[] { i }, RawType.I8, true, DType.I32, false);
        Stmt[] body =
        [
            new Let(n, new Apply(OpCode.Convert, DType.I32, false, new[] { half }, DType.I32), true),
            new For(i, zero, new Argument("size", DType.I32), n,
            [
                new Let(v, new LoadView("x", new[] { i }, RawType.F32, false, DType.F32, true, n, yes, half)) { Location = new SourceLocation("K.cs", 9, 1) },
                new Assign(n, new MultiplyAddPairs(new LaneIndex(zero), bytes, bytes)) { Location = new SourceLocation("K.cs", 9, 5) },
                new StoreLocal(tile, i, v),
                new StoreLocal(tile, n, new Literal(Number.Of(float.NegativeInfinity))),
            ]),
            new While([new Barrier()], yes, [new StoreLocal(tile, zero, new ReduceLanes(ReduceKind.Max, v))]),
            new If(yes, [new Assign(n, unsigned)],
                [new StoreView("x", new[] { n }, Element.F32, new Broadcast(new LoadLocal(tile, new ThreadIndex(), false)), n, yes)]),
        ];
        Kernel kernel = Build("K", [View("x", 1)], _ => { });
        AssertText(
            """
            program K workgroup 64
            param x: view float 1
            grid programid<1>
            buffer tile: f32[x.extent<0>]
            {
              var n: i32 = convert<i32>(0.5f)
              for i = 0 to size step n {
                let v: f32x16 = loadx16<f32> x[i] count n mask true else 0.5f ; 9
                n = multiplyaddpairs(lanes(0), load<i8, bytes> q[i], load<i8, bytes> q[i])
                storex16 tile[i] = v
                store tile[n] = -inf
              }
              loop {
                barrier
              }
              while true {
                store tile[0] = reduce<max>(v)
              }
              if true {
                n = 7u
              }
              else {
                storex16 x[n] = splat(load tile[threadid]) count n mask true
              }
            }
            """,
            new Program(kernel, [tile], body, [new ProgramIndex(1)]));
    }

    private static void AssertText(string expected, Program program) =>
        Assert.Equal(expected.ReplaceLineEndings("\n") + "\n", CodePrinter.Print(program));
}

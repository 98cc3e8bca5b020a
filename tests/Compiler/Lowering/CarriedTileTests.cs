using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>Tiles that a loop carries are updated where they lie.</summary>
public sealed class CarriedTileTests
{
    // Every other row of x, exp(sum of the rows before) is added to total, and along the columns to y.
    private const string Merges = """
        kernel "Samples.Merges" file "Merges.cs" workgroup 64 ; 1:1
        param x: view float 2
        param y: view float 2
        {
          %0: i32 = const 0 ; 1:1
          %1: i32 = const 1 ; 1:1
          %2: i32 = const 2 ; 1:1
          %3.program: i32 = programid<0> %1 ; 1:1
          %4: i32 = const 20 ; 1:1
          %5: i32 = const 33 ; 1:1
          %6.r: i32[20] = range %3.program, %4 ; 1:1
          %7.c: i32[33] = range %3.program, %5 ; 1:1
          %8: f32 = const 0 ; 1:1
          %9.zeros: f32[20] = splat %8, %4 ; 1:1
          %10.grid: f32[20, 33] = splat %8, %4, %5 ; 1:1
          %11: i32 = viewextent<0> x ; 1:1
          %12.total: f32[20], %13.sum: f32[20], %14.all: f32[20, 33] = for %0, %11, %1, %9.zeros, %9.zeros, %10.grid ; 2:1 { (%15.turn: i32, %16.total: f32[20], %17.sum: f32[20], %18.all: f32[20, 33])
            %19: i32 = rem %15.turn, %2 ; 3:1
            %20.begins: bool = eq %19, %0 ; 3:1
            %21.before: f32[20] = exp %17.sum ; 4:1
            %22: f32[20] = add %16.total, %21.before ; 5:1
            %23.total: f32[20] = select %20.begins, %22, %16.total ; 5:1
            %24: f32[20, 1] = expand<1> %21.before ; 6:1
            %25: f32[20, 33] = add %18.all, %24 ; 6:1
            %26.all: f32[20, 33] = select %20.begins, %25, %18.all ; 6:1
            %27: f32[20] = load x[%15.turn, %6.r] ; 7:1
            %28.sum: f32[20] = add %17.sum, %27 ; 7:1
            yield %23.total, %28.sum, %26.all ; 2:1
          }
          %29: f32[20, 1] = expand<1> %12.total ; 8:1
          %30: f32[20, 33] = mul %14.all, %29 ; 8:1
          %31: i32[20, 1] = expand<1> %6.r ; 8:1
          %32: i32[1, 33] = expand<0> %7.c ; 8:1
          store y[%31, %32] = %30 ; 8:1
        }
        """;

    private static readonly Specialization None = new(
        new Dictionary<string, Element>(), new Dictionary<string, Functor>(), new Dictionary<string, int?>(), new Dictionary<string, QuantFormat>());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void AllFormsAgree(int rows) =>
        Forms.Agree(IrParser.ParseKernel(Merges), None, 1e-4, new() { ["x"] = [rows, 20], ["y"] = [20, 33] }, [], "y");

    [Fact]
    public void NothingIsCopied()
    {
        For loop = Assert.Single(Lowered().OfType<For>(), f => f.Index.Name.StartsWith("turn", StringComparison.Ordinal));
        Assert.Equal(["all", "before", "sum", "total"], CodeWalk.All(loop.Body).OfType<StoreLocal>().Select(s => s.Buffer.Name.Split('_')[0]).Distinct().Order());
        Assert.All(CodeWalk.All(loop.Body).OfType<StoreLocal>(), s => Assert.IsNotType<LoadLocal>(s.Value));
    }

    private static IReadOnlyList<Stmt> Lowered() => CSharpTarget.Lower(Specializer.Specialize(IrParser.ParseKernel(Merges), None, TargetKind.Cpu)).Body;
}

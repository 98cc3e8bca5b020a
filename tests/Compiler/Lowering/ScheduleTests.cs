using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;

namespace KernelFoundry.Compiler.Tests.Lowering;

/// <summary>Schedule parameters with choices: run-time values on the CPU, behind all others; constants elsewhere.</summary>
public class ScheduleTests
{
    // y = x, a block of elements a program. The schedule stands before the scalar it follows in the slots.
    private const string Text = """
        kernel Copy file "Copy.cs" workgroup 64
        param block: schedule i32 (16, 4) choices (16, 32, 48)
        param x: view float 1
        param y: view float 1
        param a: scalar f32
        {
          %0: i32 = viewextent<0> x
          %1: i32 = param block
          %2: i32 = add %0, %1
          %3: i32 = const 1
          %4: i32 = sub %2, %3
          %5: i32 = div %4, %1
          %6: i32 = programid<0> %5
          %7: i32 = mul %6, %1
          %8: i32 = sub %0, %7
          %9: i32 = min %1, %8
          %10: i32[%9] = range %7, %9
          %11: f32[%9] = load x[%10]
          %12: f32 = param a
          %13: f32[%9] = mul %11, %12
          store y[%10] = %13
          return
        }

        """;

    [Fact]
    public void The_CPU_reads_it_behind_all_arguments()
    {
        string code = CSharpTarget.Render(On(TargetKind.Cpu), "Copy");

        // x takes two slots, y two, a one.
        Assert.Contains("float a = BitConverter.Int32BitsToSingle((int)args[4]);", code, StringComparison.Ordinal);
        Assert.Contains("int block = (int)args[5];", code, StringComparison.Ordinal);
        Assert.Contains("shape->Grid0 = ((x_e0 + block) - 1) / block;", code, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_devices_have_a_constant()
    {
        Kernel kernel = On(TargetKind.OpenCl);
        Assert.DoesNotContain(kernel.Parameters, p => p.IsTunable);
        Assert.DoesNotContain("block", OpenClTarget.Render(kernel, "Copy").Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, 7)]
    [InlineData(32, 4)]
    [InlineData(48, 3)]
    public void Tile_and_vector_form_divide_by_the_choice_and_agree(int block, int programs)
    {
        Kernel kernel = On(TargetKind.Cpu);
        var arguments = new Dictionary<string, Number> { ["a"] = Number.Of(3f), ["block"] = Number.Of(block) };
        InterpreterMemory tile = Memory(), vector = Memory();
        Assert.Equal([programs, 1, 1], TileInterpreter.Grid(kernel, tile, arguments));
        TileInterpreter.Run(kernel, tile, arguments);
        VectorInterpreter.Run(CSharpTarget.Lower(kernel), vector, arguments);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 3f), Floats(tile));
        Assert.Equal(tile.Views["y"].Buffer, vector.Views["y"].Buffer);
    }

    [Theory]
    [InlineData("(16, 4) choices (8, 32)")]
    [InlineData("(16, 4) choices (16, 0)")]
    [InlineData("(16, 4) choices (16, -8)")]
    [InlineData("(16, 4) choices (16, 32, 16)")]
    public void Choices_are_positive_different_and_hold_the_value(string values) =>
        Assert.Contains("the choices of block", Assert.Throws<IrException>(
            () => IrVerifier.Verify(IrParser.ParseKernel(Text.Replace("(16, 4) choices (16, 32, 48)", values, StringComparison.Ordinal)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(16, 4) choices (16, 32, 48)", 4, 4, 4)]
    [InlineData("(16, 4, 8)", 8, 8, 8)]
    [InlineData("(16, 4, 8, 32)", 8, 32, 32)]
    [InlineData("(16, 4, 8, 32, 64)", 8, 32, 64)]
    public void Cuda_has_what_it_is_given_and_otherwise_what_comes_before(string values, int cuda, int matrices, int warpgroups)
    {
        Kernel kernel = IrParser.ParseKernel(Text.Replace("(16, 4) choices (16, 32, 48)", values, StringComparison.Ordinal));
        IrVerifier.Verify(kernel);
        Parameter block = kernel.Find("block");
        Assert.Equal([4, cuda, matrices, warpgroups], new[] { TargetKind.OpenCl, TargetKind.Cuda, TargetKind.CudaMatrices, TargetKind.CudaWarpgroups }.Select(block.ValueFor));
    }

    private static Kernel On(TargetKind target) => Specializer.Specialize(IrParser.ParseKernel(Text), Specialization.None, target);

    private static InterpreterMemory Memory()
    {
        var memory = new InterpreterMemory();
        byte[] x = [.. Enumerable.Range(0, 100).SelectMany(i => BitConverter.GetBytes((float)i))];
        memory.Add(new InterpreterView("x", Element.F32, x, 0, [100]));
        memory.Add(new InterpreterView("y", Element.F32, new byte[x.Length], 0, [100]) { Uninitialized = true });
        return memory;
    }

    private static IEnumerable<float> Floats(InterpreterMemory memory) => memory.Views["y"].Buffer.Chunk(4).Select(bytes => BitConverter.ToSingle(bytes));
}

using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <summary>
/// A kernel as group code: C# whose Run is a work-item on ILGPU and a work-group in the emulator, the C# statements of its Plan (over
/// <c>long* args, LaunchShape* shape</c>), elements and bytes of a block and rows that lie together of each view, and whether launches decide on the group's memory.
/// </summary>
public sealed record IlgpuProgram(string Source, string PlanCSharp, IReadOnlyList<int> ViewBlocks, bool IsMemoryOfLaunch);

/// <summary>
/// Renders a specialised kernel as C# that ILGPU compiles: one work-group a program, the thread form of OpenCL but for reductions by a whole group, in which work-items shuffle.
/// </summary>
public static class IlgpuTarget
{
    /// <summary>The thread form this target renders; the interpreter runs the same.</summary>
    public static Program Lower(Kernel kernel) => WithExchange(TileLowering.Lower(kernel, CodeForm.Thread, state => new ThreadNests(state, ThreadFeatures.Ilgpu)));

    /// <summary>The buffer through which work-items exchange what they cannot shuffle, a word each: on accelerators whose warps are shorter than ours.</summary>
    internal static LocalBuffer? ExchangeOf(Program program) => CodeWalk.All(program.Body).Any(statement => statement is Shuffle) ? program.Buffers[0] : null;

    private static Program WithExchange(Program program)
    {
        if (!CodeWalk.All(program.Body).Any(statement => statement is Shuffle))
            return program;
        string name = "exchange";
        while (program.Buffers.Any(buffer => buffer.Name == name) || program.Kernel.Parameters.Any(parameter => parameter.Name == name)
            || CodeWalk.All(program.Body).Any(statement => statement is Let let && let.Var.Name == name))
            name += "_";
        return program with { Buffers = [new LocalBuffer(name, DType.I32, Expressions.Int(program.WorkGroup)), .. program.Buffers] };
    }

    /// <summary>A public struct of a name with the methods Run and Plan.</summary>
    public static IlgpuProgram Render(Kernel kernel, string structName)
    {
        Program program = Renaming.ForText(Lower(kernel));
        IEnumerable<int> blocks = program.Kernel.Parameters.Where(p => p.Kind == ParameterKind.View)
            .SelectMany(p => p.Element.Kind == ElementKind.Quantized
                ? new[] { p.Element.BlockSize, p.Element.BlockBytes, p.IsPanels ? PanelLayout.Rows : 1 }
                : [1, p.Element.Bytes, 1]);
        string plan = PlanWriter.Body(program, "        ", "LocalBytes");
        return new IlgpuProgram(new IlgpuWriter(program).Struct(structName, plan), plan, [.. blocks], !HasConstantMemory(program));
    }

    /// <summary>Whether a group needs the same memory in every launch.</summary>
    internal static bool HasConstantMemory(Program program) => program.Buffers.All(buffer => buffer.Size is Literal);

    /// <summary>The method alone: what a reader wants to see.</summary>
    public static string RenderMethod(Kernel kernel) => new IlgpuWriter(Renaming.ForText(Lower(kernel))).Method();
}

using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>An OpenCL C program and the C# statements of its Plan (over <c>long* args, LaunchShape* shape</c>).</summary>
public sealed record OpenClProgram(string Source, string EntryPoint, string PlanCSharp);

/// <summary>
/// Renders a specialised kernel as OpenCL C 1.2, one work-group a program; and, for devices whose sub-groups shuffle, as OpenCL C 2.0 or later.
/// </summary>
public static class OpenClTarget
{
    /// <summary>The thread form this target renders; the interpreter runs the same.</summary>
    public static Program Lower(Kernel kernel) => TileLowering.Lower(kernel, CodeForm.Thread, state => new ThreadNests(state, ThreadFeatures.None));

    /// <summary>The thread form with shuffles among <see cref="Warp.Size"/> work-items; the interpreter runs the same.</summary>
    public static Program LowerSubGroups(Kernel kernel) =>
        TileLowering.Lower(kernel, CodeForm.Thread, state => new ThreadNests(state, ThreadFeatures.SubGroups));

    /// <summary>The program with shuffles; null where the kernel has nothing to shuffle.</summary>
    public static OpenClProgram? RenderSubGroups(Kernel kernel, string entryPoint)
    {
        Program program = Renaming.ForText(LowerSubGroups(kernel));
        return CodeWalk.All(program.Body).Any(s => s is Shuffle) ? Render(program, entryPoint) : null;
    }

    public static OpenClProgram Render(Kernel kernel, string entryPoint) => Render(Renaming.ForText(Lower(kernel)), entryPoint);

    private static OpenClProgram Render(Program program, string entryPoint) =>
        new(new OpenClWriter(program).Source(entryPoint), entryPoint, PlanWriter.Body(program, "        ", "LocalBytes"));
}

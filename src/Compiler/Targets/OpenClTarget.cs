using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets;

/// <summary>An OpenCL C program and the C# statements of its Plan (over <c>long* args, LaunchShape* shape</c>).</summary>
public sealed record OpenClProgram(string Source, string EntryPoint, string PlanCSharp);

/// <summary>Renders a specialised kernel as OpenCL C 1.2: one work-group a program.</summary>
public static class OpenClTarget
{
    /// <summary>The thread form this target renders; the interpreter runs the same.</summary>
    public static Program Lower(Kernel kernel) => TileLowering.Lower(kernel, CodeForm.Thread, state => new ThreadNests(state));

    public static OpenClProgram Render(Kernel kernel, string entryPoint)
    {
        Program program = Renaming.ForText(Lower(kernel));
        return new OpenClProgram(new OpenClWriter(program).Source(entryPoint), entryPoint, PlanWriter.Body(program, "        ", "LocalBytes"));
    }
}

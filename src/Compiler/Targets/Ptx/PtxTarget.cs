using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// A module of PTX with one entry for GPUs of a compute capability (70 for sm_70) and later, and the C# statements of its Plan (over
/// <c>long* args, LaunchShape* shape</c>).
/// </summary>
public sealed record PtxModule(int Target, string Source, string EntryPoint, string PlanCSharp);

/// <summary>Renders a specialised kernel as PTX for sm_70 and later: one block of threads a program.</summary>
public static class PtxTarget
{
    /// <summary>The thread form this target renders; the interpreter runs the same.</summary>
    public static Program Lower(Kernel kernel) => TileLowering.Lower(kernel, CodeForm.Thread, state => new ThreadNests(state, hasWarps: true));

    public static PtxModule Render(Kernel kernel, string entryPoint)
    {
        Program program = Renaming.ForText(Lower(kernel));
        string entry = PtxWriter.Identifier(entryPoint);
        return new PtxModule(70, new PtxWriter(program).Source(entry), entry, PlanWriter.Body(program, "        ", "LocalBytes"));
    }
}

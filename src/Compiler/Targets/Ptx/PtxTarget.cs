using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// A module of PTX with one entry for GPUs of a compute capability (70 for sm_70) and later, and the C# statements of its Plan (over
/// <c>long* args, LaunchShape* shape</c>).
/// </summary>
public sealed record PtxModule(int Target, string Source, string EntryPoint, string PlanCSharp);

/// <summary>
/// Renders a specialised kernel as PTX, one block of threads a program: for sm_70 and later, and for sm_80 and later where instructions on matrices have a part in it.
/// </summary>
public static class PtxTarget
{
    // What modules are rendered for, the oldest first, which every GPU runs if there is nothing newer for it.
    private static readonly (int Target, TargetKind Schedule, ThreadFeatures Features)[] Targets =
    [
        (PtxInstructions.Baseline, TargetKind.Cuda, ThreadFeatures.Sm70),
        (PtxInstructions.Matrices, TargetKind.CudaMatrices, ThreadFeatures.Sm80),
    ];

    /// <summary>Whose schedule a module for a compute capability has.</summary>
    public static TargetKind ScheduleOf(int target) => Targets.Last(each => each.Target <= target).Schedule;

    /// <summary>The thread form of the module that a GPU of this compute capability runs; the interpreter runs the same.</summary>
    public static Program Lower(Kernel kernel, int target = PtxInstructions.Baseline) =>
        Lower(kernel, Targets.Last(each => each.Target <= target).Features);

    /// <summary>The modules, the oldest GPUs' first, of a kernel that is specialised for each schedule.</summary>
    public static IReadOnlyList<PtxModule> Render(Func<TargetKind, Kernel> specialised, string entryPoint)
    {
        var modules = new List<PtxModule>();
        foreach ((int target, TargetKind schedule, ThreadFeatures features) in Targets)
        {
            Program program = Renaming.ForText(Lower(specialised(schedule), features));
            if (modules.Count > 0 && !CodeWalk.All(program.Body).Any(s => s is MultiplyMatrices))
                continue;
            string entry = PtxWriter.Identifier(entryPoint);
            modules.Add(new PtxModule(target, new PtxWriter(program, target).Source(entry), entry, PlanWriter.Body(program, "        ", "LocalBytes")));
        }

        return modules;
    }

    private static Program Lower(Kernel kernel, ThreadFeatures features) => TileLowering.Lower(
        features.MultipliesMatrices ? WholeProducts.In(kernel, product => ThreadNests.IsStaged(kernel, product)) : kernel,
        CodeForm.Thread, state => new ThreadNests(state, features));
}

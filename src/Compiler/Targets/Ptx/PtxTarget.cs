using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// A module of PTX with one entry for GPUs of a compute capability (70 for sm_70) and later, or of that alone, and the C# statements of its Plan (over
/// <c>long* args, LaunchShape* shape</c>).
/// </summary>
public sealed record PtxModule(int Target, string Source, string EntryPoint, string PlanCSharp)
{
    /// <summary>Whether GPUs of exactly this compute capability run it, and no later ones.</summary>
    public bool IsSpecific => Target == PtxInstructions.Warpgroups;
}

/// <summary>
/// Renders a specialised kernel as PTX, one block of threads a program: for sm_70 and later, for sm_80 and later where instructions on matrices have a part in it, and for sm_90a where those of
/// warpgroups have.
/// </summary>
public static class PtxTarget
{
    // What modules are rendered for, the oldest first, which every GPU runs if there is nothing newer for it.
    private static readonly (int Target, TargetKind Schedule, ThreadFeatures Features, Func<Stmt, bool> IsWorthIt)[] Targets =
    [
        (PtxInstructions.Baseline, TargetKind.Cuda, ThreadFeatures.Sm70, _ => true),
        (PtxInstructions.Matrices, TargetKind.CudaMatrices, ThreadFeatures.Sm80, statement => statement is MultiplyMatrices),
        (PtxInstructions.Warpgroups, TargetKind.CudaWarpgroups, ThreadFeatures.Sm90A, statement => statement is MultiplyWarpgroup),
    ];

    /// <summary>Whose schedule a module for a compute capability has.</summary>
    public static TargetKind ScheduleOf(int target) => Targets.Last(each => each.Target <= target).Schedule;

    /// <summary>The thread form of the module for the newest of these GPUs that is no newer than this compute capability; the interpreter runs the same.</summary>
    public static Program Lower(Kernel kernel, int target = PtxInstructions.Baseline) =>
        Lower(kernel, Targets.Last(each => each.Target <= target).Features);

    /// <summary>The modules, the oldest GPUs' first, of a kernel that is specialised for each schedule.</summary>
    public static IReadOnlyList<PtxModule> Render(Func<TargetKind, Kernel> specialised, string entryPoint)
    {
        var modules = new List<PtxModule>();
        foreach ((int target, TargetKind schedule, ThreadFeatures features, Func<Stmt, bool> isWorthIt) in Targets)
        {
            // Warpgroups multiply nothing that warps would not.
            if (target > PtxInstructions.Matrices && modules[modules.Count - 1].Target < PtxInstructions.Matrices)
                break;
            Program program = Renaming.ForText(Lower(specialised(schedule), features));
            if (!CodeWalk.All(program.Body).Any(isWorthIt) && modules.Count > 0)
                continue;
            string entry = PtxWriter.Identifier(entryPoint);
            modules.Add(new PtxModule(target, new PtxWriter(program, target).Source(entry), entry, PlanWriter.Body(program, "        ", "LocalBytes")));
        }

        return modules;
    }

    // A product on instructions of warpgroups has as many work-items as its rows ask for.
    private static Program Lower(Kernel kernel, ThreadFeatures features)
    {
        if (ThreadNests.WorkGroupOfWarpgroups(kernel, features) is { } workGroup)
            kernel = kernel.With(workGroup);
        return TileLowering.Lower(
            features.MultipliesMatrices ? WholeProducts.In(kernel, product => ThreadNests.IsStaged(kernel, product, features)) : kernel,
            CodeForm.Thread, state => new ThreadNests(state, features));
    }
}

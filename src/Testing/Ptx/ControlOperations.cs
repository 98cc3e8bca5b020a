namespace KernelFoundry.Testing.Ptx;

/// <summary>Branches, barriers, fences.</summary>
internal static class ControlOperations
{
    public static IEnumerable<PtxOperation> All =>
    [
        new("bra", "label", s => new BranchStep((int)s[0].Value)), new("bra.uni", "label", s => new BranchStep((int)s[0].Value)),
        new("bar.sync", "#", s => s[0].Value == 0 ? new BarrierStep() : throw new PtxException(0, "barriers other than 0 are not in the subset")),
        new("ret", "", _ => new ReturnStep()), new("exit", "", _ => new ReturnStep()),
        new("membar.cta", "", _ => new NothingStep()), new("membar.gl", "", _ => new NothingStep()),
    ];
}

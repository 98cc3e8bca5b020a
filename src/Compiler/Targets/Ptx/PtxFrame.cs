namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// A run of code that is entered as a whole: the entry's, a loop's body, a branch. What is written outside the innermost frame stands before the
/// inner frame's code, which is how values that a loop does not change come to be computed before it.
/// </summary>
internal sealed class PtxFrame(PtxFrame? parent, bool isBranch)
{
    public PtxFrame? Parent => parent;

    /// <summary>Whether it may not run at all: then nothing moves out of it but what reads parameters.</summary>
    public bool IsBranch => isBranch;

    public List<PtxLine> Lines { get; } = [];

    /// <summary>Values by the text of what computes them.</summary>
    public Dictionary<string, PtxRegister> Known { get; } = [];
}

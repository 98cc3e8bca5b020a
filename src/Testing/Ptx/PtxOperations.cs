namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// The instructions that are known, by opcode: names, operands and results are those of NVIDIA's "Parallel Thread Execution ISA", written down here from
/// the manual and not from the renderer, which they check.
/// </summary>
internal static class PtxOperations
{
    // Hints: where to cache, and promises that only make loads faster.
    private static readonly HashSet<string> Hints = ["ca", "cg", "cs", "lu", "cv", "wb", "wt", "nc", "volatile"];

    private static readonly Dictionary<string, PtxOperation> Known = Index(
        [.. IntegerOperations.All, .. FloatOperations.All, .. MemoryOperations.All, .. WarpOperations.All, .. ControlOperations.All]);

    /// <summary>The instruction of an opcode; null if there is none in the subset.</summary>
    public static PtxOperation? Find(string opcode)
    {
        if (Known.TryGetValue(opcode, out PtxOperation? operation))
            return operation;
        string[] parts = opcode.Split('.');
        bool isCopy = parts[0] == "cp";
        if (!isCopy && parts[0] is not ("ld" or "st"))
            return null;
        string plain = string.Join('.', parts.Where(part => (isCopy || !Hints.Contains(part)) && !part.StartsWith("L1::", StringComparison.Ordinal)
            && !part.StartsWith("L2::", StringComparison.Ordinal)));
        return Known.GetValueOrDefault(plain);
    }

    /// <summary>All instructions.</summary>
    public static IEnumerable<PtxOperation> All => Known.Values;

    private static Dictionary<string, PtxOperation> Index(PtxOperation[] all) => all.ToDictionary(operation => operation.Opcode);
}

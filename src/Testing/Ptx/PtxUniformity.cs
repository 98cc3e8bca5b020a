namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// Whether threads part by their number before a barrier that not all of them then come to. A value that was computed from a thread's number, and from nothing that was
/// loaded, differs between threads; of loaded values nothing is known, and the emulator sees what they do.
/// </summary>
internal sealed class PtxUniformity(PtxEntry entry, PtxOperation[] operations, PtxFlow flow)
{
    private readonly HashSet<string> differing = ["%tid.x", "%laneid", "%warpid"];

    public void Check()
    {
        bool hasBarrier = false;
        for (int i = 0; i < operations.Length; i++)
            hasBarrier |= operations[i].Opcode == "bar.sync";
        if (!hasBarrier)
            return;
        Spread();
        for (int i = 0; i < operations.Length; i++)
        {
            PtxInstruction instruction = entry.Instructions[i];
            if (operations[i].Opcode == "bar.sync" && instruction.Guard is { } guard && differing.Contains(guard))
                throw new PtxException(instruction.Line, "a barrier under a guard that differs between threads");
        }

        for (int block = 0; block < flow.Count; block++)
        {
            PtxInstruction last = entry.Instructions[flow.End(block, operations.Length) - 1];
            if (last.Guard is not { } guard || !differing.Contains(guard) || !(PtxFlow.IsBranch(last) || PtxFlow.IsReturn(last)))
                continue;
            foreach (int apart in flow.Apart(block))
            {
                for (int i = flow.Starts[apart]; i < flow.End(apart, operations.Length); i++)
                {
                    if (operations[i].Opcode == "bar.sync")
                    {
                        throw new PtxException(
                            entry.Instructions[i].Line, $"a barrier that not all threads come to: they part at line {last.Line} by {guard}");
                    }
                }
            }
        }
    }

    private void Spread()
    {
        bool isChanged = true;
        while (isChanged)
        {
            isChanged = false;
            for (int i = 0; i < operations.Length; i++)
            {
                if (IsLoad(operations[i]) || !PtxOperands.Read(operations[i], entry.Instructions[i]).Any(differing.Contains))
                    continue;
                foreach (string name in PtxOperands.Written(operations[i], entry.Instructions[i]))
                    isChanged |= differing.Add(name);
            }
        }
    }

    // Shuffles and votes bring lanes together.
    private static bool IsLoad(PtxOperation operation) => operation.Opcode.Contains(".sync", StringComparison.Ordinal)
        || operation.Rules.Any(rule => rule.Kind is PtxRuleKind.Global or PtxRuleKind.Shared or PtxRuleKind.Parameter);
}

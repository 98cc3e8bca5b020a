namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// Whether every register is written before it is read, whichever way a thread takes. A write under a guard counts for reads under the same guard, and together with
/// one under its opposite for all, up to the next branch.
/// </summary>
internal sealed class PtxAssignment(PtxEntry entry, PtxOperation[] operations, PtxFlow flow)
{
    private readonly Dictionary<string, int> numbers = [];

    public void Check()
    {
        for (int i = 0; i < operations.Length; i++)
        {
            foreach (string name in PtxOperands.Written(operations[i], entry.Instructions[i]))
                numbers.TryAdd(name, numbers.Count);
        }

        int words = (numbers.Count + 63) / 64;
        var atEnd = new ulong[flow.Count][];
        for (int block = 0; block < flow.Count; block++)
        {
            atEnd[block] = new ulong[words];
            Array.Fill(atEnd[block], ulong.MaxValue);
        }

        bool isChanged = true;
        while (isChanged)
        {
            isChanged = false;
            for (int block = 0; block < flow.Count; block++)
            {
                ulong[] state = AtStart(block, atEnd, words);
                Walk(block, state, report: false);
                if (!state.AsSpan().SequenceEqual(atEnd[block]))
                {
                    atEnd[block] = state;
                    isChanged = true;
                }
            }
        }

        for (int block = 0; block < flow.Count; block++)
        {
            if (block == 0 || flow.Predecessors(block).Count > 0)
                Walk(block, AtStart(block, atEnd, words), report: true);
        }
    }

    private ulong[] AtStart(int block, ulong[][] atEnd, int words)
    {
        var state = new ulong[words];
        if (block == 0)
            return state;
        Array.Fill(state, ulong.MaxValue);
        foreach (int before in flow.Predecessors(block))
        {
            for (int i = 0; i < words; i++)
                state[i] &= atEnd[before][i];
        }

        return state;
    }

    private void Walk(int block, ulong[] state, bool report)
    {
        var guarded = new HashSet<(string Register, string Guard, bool IsNegated)>();
        for (int i = flow.Starts[block]; i < flow.End(block, operations.Length); i++)
        {
            PtxInstruction instruction = entry.Instructions[i];
            if (report)
            {
                foreach (string name in PtxOperands.Read(operations[i], instruction))
                    RequireWritten(name, instruction, state, guarded);
            }

            foreach (string name in PtxOperands.Written(operations[i], instruction))
            {
                guarded.RemoveWhere(each => each.Guard == name);
                if (instruction.Guard is not { } guard || guarded.Contains((name, guard, !instruction.IsNegated)))
                    state[numbers[name] / 64] |= 1UL << (numbers[name] % 64);
                else
                    guarded.Add((name, guard, instruction.IsNegated));
            }
        }
    }

    private void RequireWritten(
        string name, PtxInstruction instruction, ulong[] state, HashSet<(string Register, string Guard, bool IsNegated)> guarded)
    {
        // Special registers and shared arrays are nobody's to write.
        if (entry.Registers.Find(name) is null)
            return;
        bool isWritten = numbers.TryGetValue(name, out int number) && (state[number / 64] >> (number % 64) & 1) != 0;
        if (!isWritten && !(instruction.Guard is { } guard && guarded.Contains((name, guard, instruction.IsNegated))))
            throw new PtxException(instruction.Line, $"{instruction}: {name} is not written on every way there");
    }
}

namespace KernelFoundry.Testing.Ptx;

/// <summary>An entry's instructions as basic blocks.</summary>
internal sealed class PtxFlow
{
    private readonly List<int>[] successors;
    private readonly List<int>[] predecessors;
    private ulong[][]? postDominators;

    public PtxFlow(PtxEntry entry)
    {
        IReadOnlyList<PtxInstruction> instructions = entry.Instructions;
        var starts = new SortedSet<int> { 0 };
        for (int i = 0; i < instructions.Count; i++)
        {
            if (Target(entry, instructions[i]) is { } target)
                starts.Add(target);
            if (IsBranch(instructions[i]) || IsReturn(instructions[i]))
                starts.Add(i + 1);
        }

        starts.Remove(instructions.Count);
        Starts = [.. starts];
        Count = Starts.Length;
        successors = new List<int>[Count];
        predecessors = new List<int>[Count];
        for (int block = 0; block < Count; block++)
        {
            successors[block] = [];
            predecessors[block] = [];
        }

        for (int block = 0; block < Count; block++)
        {
            PtxInstruction last = instructions[End(block, instructions.Count) - 1];
            if (Target(entry, last) is { } target)
                successors[block].Add(Array.BinarySearch(Starts, target));
            bool goesOn = (!IsBranch(last) && !IsReturn(last)) || last.Guard is not null;
            if (goesOn && block + 1 < Count && !successors[block].Contains(block + 1))
                successors[block].Add(block + 1);
            foreach (int successor in successors[block])
                predecessors[successor].Add(block);
        }
    }

    /// <summary>The first instruction of each block.</summary>
    public int[] Starts { get; }

    public int Count { get; }

    public IReadOnlyList<int> Successors(int block) => successors[block];

    public IReadOnlyList<int> Predecessors(int block) => predecessors[block];

    /// <summary>The instruction behind a block's last.</summary>
    public int End(int block, int instructions) => block + 1 < Count ? Starts[block + 1] : instructions;

    public static bool IsBranch(PtxInstruction instruction) => instruction.Opcode is "bra" or "bra.uni";

    public static bool IsReturn(PtxInstruction instruction) => instruction.Opcode is "ret" or "exit";

    /// <summary>
    /// The blocks that threads which part at a block's end may run before they meet again: those from its successors up to the first block that all ways to
    /// the end go through.
    /// </summary>
    public HashSet<int> Apart(int block)
    {
        ulong[][] after = PostDominators();
        var region = new HashSet<int>();
        var open = new Stack<int>(successors[block]);
        while (open.TryPop(out int next))
        {
            bool meets = next != block && (after[block][next / 64] >> (next % 64) & 1) != 0;
            if (meets || !region.Add(next))
                continue;
            foreach (int successor in successors[next])
                open.Push(successor);
        }

        return region;
    }

    // Which blocks all ways from a block to the end go through, itself included.
    private ulong[][] PostDominators()
    {
        if (postDominators is not null)
            return postDominators;
        int words = (Count + 63) / 64;
        var sets = new ulong[Count][];
        for (int block = 0; block < Count; block++)
        {
            sets[block] = new ulong[words];
            if (successors[block].Count > 0)
                Array.Fill(sets[block], ulong.MaxValue);
            else
                sets[block][block / 64] |= 1UL << (block % 64);
        }

        bool isChanged = true;
        var next = new ulong[words];
        while (isChanged)
        {
            isChanged = false;
            for (int block = Count - 1; block >= 0; block--)
            {
                if (successors[block].Count == 0)
                    continue;
                Array.Fill(next, ulong.MaxValue);
                foreach (int successor in successors[block])
                {
                    for (int i = 0; i < words; i++)
                        next[i] &= sets[successor][i];
                }

                next[block / 64] |= 1UL << (block % 64);
                if (!next.AsSpan().SequenceEqual(sets[block]))
                {
                    next.CopyTo(sets[block], 0);
                    isChanged = true;
                }
            }
        }

        return postDominators = sets;
    }

    private static int? Target(PtxEntry entry, PtxInstruction instruction) =>
        IsBranch(instruction) && instruction.Operands is [PtxName label] && entry.Labels.TryGetValue(label.Name, out int target)
        && target < entry.Instructions.Count
            ? target
            : null;
}

namespace KernelFoundry.Testing;

/// <summary>One work-group: its program, which work-item runs, and what its items did to the group's memory since the last barrier.</summary>
internal sealed class EmulatedGroup
{
    // Of a word: who wrote or read it, and between which barriers. Everyone reads what stands outside the loops over work-items.
    private const int Everyone = -1;

    private readonly int[] words;
    private readonly (int Interval, int Item)[] writers;
    private readonly (int Interval, int Item)[] readers;
    private readonly int first;
    private int interval = 1;
    private int item = Everyone;

    public EmulatedGroup(int x, int y, int z, long localBytes, bool isBackward)
    {
        Program = (x, y, z);
        first = isBackward ? -1 : 0;
        words = new int[checked((int)((localBytes + 3) / 4))];
        writers = new (int, int)[words.Length];
        readers = new (int, int)[words.Length];
    }

    public (int X, int Y, int Z) Program { get; }

    /// <summary>All of its memory.</summary>
    public EmulatedLocal Local => new(this, words);

    /// <summary>What its work-items keep.</summary>
    public EmulatedRegisters Registers { get; } = new();

    /// <summary>Number of words of it.</summary>
    public int Words => words.Length;

    // Items come in one order or the other, from group to group: code that depends on it has two results.
    public int First(int workGroup) => item = first < 0 ? workGroup - 1 : 0;

    public int Next(int after, int workGroup)
    {
        int next = first < 0 ? after - 1 : after + 1;
        item = next >= 0 && next < workGroup ? next : Everyone;
        return item;
    }

    public void Barrier()
    {
        if (item != Everyone)
            throw new KernelExecutionException($"Work-item {item} came to a barrier inside a loop over the work-items.");
        interval++;
    }

    public void Read(int index)
    {
        (int when, int who) = writers[index];
        if (when == 0)
            throw new KernelExecutionException($"{Who(item)} read word {index} of the group's memory, which nothing had written.");
        if (when == interval && who != item)
            throw Race("read", index, "wrote", who);
        readers[index] = (interval, readers[index].Interval == interval && readers[index].Item != item ? Everyone : item);
    }

    public void Written(int index)
    {
        if (writers[index] is var (when, who) && when == interval && who != item)
            throw Race("wrote", index, "wrote", who);
        if (readers[index] is var (read, reader) && read == interval && reader != item)
            throw Race("wrote", index, "read", reader);
        writers[index] = (interval, item);
    }

    private KernelExecutionException Race(string did, int index, string had, int other) =>
        new($"{Who(item)} {did} word {index} of the group's memory, which {Who(other)} {had} with no barrier between.");

    private static string Who(int item) => item == Everyone ? "every work-item" : $"work-item {item}";
}

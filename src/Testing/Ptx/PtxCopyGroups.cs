namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// The asynchronous copies of a warp's lanes, in groups: a copy is made when its group is waited for and not before, as late as hardware may make it.
/// </summary>
internal sealed class PtxCopyGroups
{
    private readonly Queue<List<Action>> groups = [];
    private List<Action> open = [];

    public void Add(Action copy) => open.Add(copy);

    public void Commit()
    {
        groups.Enqueue(open);
        open = [];
    }

    /// <summary>Makes the copies of all committed groups but the latest few.</summary>
    public void Wait(int remaining)
    {
        while (groups.Count > remaining)
            groups.Dequeue().ForEach(copy => copy());
    }

    /// <summary>Makes all copies, committed or not.</summary>
    public void WaitAll()
    {
        Wait(0);
        open.ForEach(copy => copy());
        open.Clear();
    }

    public void Clear()
    {
        groups.Clear();
        open.Clear();
    }
}

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// A warp's products of its warpgroup, in groups. From when one starts to when its group has been waited for, hardware may write its sums; what anything else has done with a sum is ordered before a
/// product of it by wgmma.fence alone, which is also needed before the first.
/// </summary>
internal sealed class PtxProducts(int sums)
{
    private readonly Queue<List<(int[] Sums, Action End)>> groups = [];
    private readonly int[] underWay = new int[sums];
    private readonly bool[] isUnordered = new bool[sums];
    private List<(int[] Sums, Action End)> open = [];

    /// <summary>Tells what has been multiplied so far from anything else.</summary>
    public long Trace { get; private set; }

    /// <summary>An instruction that is no product reads or writes sums.</summary>
    public void Touch(int[] numbers, PtxWarp warp)
    {
        foreach (int sum in numbers)
        {
            if (underWay[sum] > 0)
                throw warp.Fault(0, "uses a register that a product sums in, which has not been waited for");
            isUnordered[sum] = true;
        }
    }

    public void Fence() => Array.Clear(isUnordered);

    /// <summary>Starts a product of sums.</summary>
    public void Start(int[] numbers, long identity, PtxWarp warp, Action end)
    {
        foreach (int sum in numbers)
        {
            if (isUnordered[sum])
                throw warp.Fault(0, "sums in a register that other instructions have used since the last wgmma.fence");
            underWay[sum]++;
        }

        Trace = unchecked((Trace * 31) + identity);
        open.Add((numbers, end));
    }

    public void Commit()
    {
        groups.Enqueue(open);
        open = [];
    }

    /// <summary>Ends the products of all groups but the latest few.</summary>
    public void Wait(int remaining)
    {
        while (groups.Count > remaining)
        {
            foreach ((int[] numbers, Action end) in groups.Dequeue())
            {
                foreach (int sum in numbers)
                    underWay[sum]--;
                end();
            }
        }
    }

    public void Clear()
    {
        groups.Clear();
        open.Clear();
        Array.Clear(underWay);
        Array.Fill(isUnordered, true);
        Trace = 0;
    }
}

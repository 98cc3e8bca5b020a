using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// A work-item's part in the products of its warpgroup: a device may write their sums at any time until they have been waited for, and whatever else touches these is to be ordered before the products
/// that follow.
/// </summary>
internal sealed class ProductQueue
{
    private readonly Queue<List<Action>> _groups = [];
    private readonly Dictionary<int, int> _underWay = [];
    private readonly HashSet<int> _touched = [];
    private List<Action> _open = [];
    private bool _isOrdered;

    /// <summary>Tells what has been multiplied so far from anything else.</summary>
    public long Trace { get; private set; }

    /// <summary>Something other than a product reads or writes a sum.</summary>
    public void Touch(int slot, string name, Accessor who)
    {
        if (_underWay.TryGetValue(slot, out int products) && products > 0)
            throw who.Fault(FaultKind.Race, $"{name} is a sum of a product that is under way and has not been waited for");
        _touched.Add(slot);
    }

    /// <summary>Orders what has been touched before the products that follow.</summary>
    public void Order()
    {
        _isOrdered = true;
        _touched.Clear();
    }

    /// <summary>Starts a product.</summary>
    public void Start(int[] sums, long identity, Accessor who, Action end)
    {
        foreach (int slot in sums)
        {
            if (!_isOrdered || _touched.Contains(slot))
                throw who.Fault(FaultKind.Race, "a product of sums that something else has touched, which is not ordered before it");
            _underWay[slot] = _underWay.TryGetValue(slot, out int others) ? others + 1 : 1;
        }

        Trace = unchecked((Trace * 31) + identity);
        _open.Add(() =>
        {
            foreach (int slot in sums)
                _underWay[slot]--;
            end();
        });
    }

    public void Commit()
    {
        _groups.Enqueue(_open);
        _open = [];
    }

    public void Wait(int remaining)
    {
        while (_groups.Count > remaining)
            _groups.Dequeue().ForEach(end => end());
    }

    public void Clear()
    {
        _groups.Clear();
        _open.Clear();
        _underWay.Clear();
        _touched.Clear();
        (_isOrdered, Trace) = (false, 0);
    }
}

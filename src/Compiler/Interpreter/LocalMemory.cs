using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>One local buffer: group-shared memory, or a worker's scratch with room for a vector beyond its end.</summary>
internal sealed class LocalMemory
{
    private static readonly int PoisonBits = unchecked((int)0x7FC0DEADu);

    private readonly string _name;
    private readonly DType _type;
    private readonly Accessor _who;
    private readonly int _size;
    private readonly Number[] _elements;
    private readonly bool[] _written;
    private readonly bool[] _awaited;
    private readonly int[] _products;
    private readonly int[] _publishedIn;
    private readonly IntervalLog? _log;

    public LocalMemory(string name, DType type, int size, int padding, bool isShared, Accessor who)
    {
        if (size < 0)
            throw who.Fault(FaultKind.NegativeExtent, $"buffer {name} has size {IrText.Int(size)}");
        (_name, _type, _size, _who) = (name, type, size, who);
        _elements = new Number[size + padding];
        _written = new bool[size + padding];
        _awaited = new bool[size + padding];
        _products = new int[size + padding];
        _publishedIn = new int[size + padding];
        _log = isShared ? new IntervalLog(size) : null;
    }

    /// <summary>What each work-item has written and not published, where the program publishes anything.</summary>
    public Dictionary<int, List<int>>? Unpublished { get; init; }

    /// <summary>Nothing survives from one program to the next.</summary>
    public void Clear()
    {
        Array.Clear(_written, 0, _written.Length);
        Array.Clear(_awaited, 0, _awaited.Length);
        Array.Clear(_products, 0, _products.Length);
        Array.Clear(_publishedIn, 0, _publishedIn.Length);
        Unpublished?.Clear();
    }

    public Number Read(int index)
    {
        Check(index, _size);
        Free(index);
        int other = _log?.Read(index, _who.WorkItem!.Value, _who.Interval) ?? IntervalLog.None;
        if (other != IntervalLog.None)
            throw _who.Fault(FaultKind.Race, MemoryTracker.Race("one writes and one reads", other), _name, index);
        return _written[index] ? _elements[index] : throw _who.Fault(FaultKind.Uninitialized, "read before anything is written there", _name, index);
    }

    /// <summary>Reads a lane of a vector, which may lie in the padding.</summary>
    public Number ReadLane(int index)
    {
        Check(index, _elements.Length);
        return _written[index] ? _elements[index] : Number.OfBits(_type, PoisonBits);
    }

    public void Write(int index, Number value)
    {
        Claim(index);
        Put(index, value);
        if (Unpublished is null)
            return;
        if (!Unpublished.TryGetValue(_who.WorkItem!.Value, out List<int>? own))
            Unpublished[_who.WorkItem.Value] = own = [];
        own.Add(index);
        _publishedIn[index] = 0;
    }

    /// <summary>A work-item lets products see what it has written: those that start after the next barrier.</summary>
    public void Publish(int item)
    {
        if (Unpublished is null || !Unpublished.TryGetValue(item, out List<int>? own))
            return;
        foreach (int index in own)
            _publishedIn[index] = _who.Interval;
        own.Clear();
    }

    /// <summary>A product starts to read an element: until it ends, a device may read there at any time.</summary>
    public Number StartProduct(int index)
    {
        Number value = Read(index);
        if (_publishedIn[index] == 0 || _publishedIn[index] == _who.Interval)
            throw _who.Fault(FaultKind.Race, "a product reads what has not been published before a barrier", _name, index);
        _products[index]++;
        return value;
    }

    /// <summary>A product that read an element has ended, and may have read it just now.</summary>
    public void EndProduct(int index)
    {
        _products[index]--;
        Read(index);
    }

    /// <summary>A copy to an element starts: until it ends, a device may write there at any time.</summary>
    public void StartCopy(int index)
    {
        Claim(index);
        _awaited[index] = true;
    }

    /// <summary>A copy that was started ends.</summary>
    public void EndCopy(int index, Number value)
    {
        _awaited[index] = false;
        Write(index, value);
    }

    private void Claim(int index)
    {
        Check(index, _size);
        Free(index);
        if (_products[index] > 0)
            throw _who.Fault(FaultKind.Race, "a product that reads there is under way and has not been waited for", _name, index);
        bool otherWrote = false;
        int other = _log?.Write(index, _who.WorkItem!.Value, _who.Interval, out otherWrote) ?? IntervalLog.None;
        if (other != IntervalLog.None)
            throw _who.Fault(FaultKind.Race, MemoryTracker.Race(otherWrote ? "both write" : "one reads and one writes", other), _name, index);
    }

    private void Free(int index)
    {
        if (_awaited[index])
            throw _who.Fault(FaultKind.Race, "a copy to there is under way that has not been waited for", _name, index);
    }

    public void WriteLane(int index, Number value)
    {
        Check(index, _elements.Length);
        Put(index, value);
    }

    private void Put(int index, Number value)
    {
        _elements[index] = ScalarMath.Convert(value, _type);
        _written[index] = true;
    }

    private void Check(int index, int size)
    {
        if (index < 0 || index >= size)
            throw _who.Fault(FaultKind.OutOfBounds, $"the buffer has {IrText.Int(_size)} elements", _name, index);
    }
}

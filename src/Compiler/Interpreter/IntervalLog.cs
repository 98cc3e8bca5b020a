namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// Who read and wrote each unit of some memory between two barriers. Work-items of a group run one after the other here but at once on a
/// device, so any two of them that meet on a unit in one interval, one of them writing, race.
/// </summary>
internal sealed class IntervalLog(int units)
{
    /// <summary>Nobody.</summary>
    public const int None = -1;

    private const int Several = -2;

    private readonly int[] _written = new int[units];
    private readonly int[] _writer = new int[units];
    private readonly int[] _read = new int[units];
    private readonly int[] _reader = new int[units];

    /// <summary>Notes a read; gives the other work-item that wrote the unit in this interval, or <see cref="None"/>. Intervals count from 1.</summary>
    public int Read(long unit, int item, int interval)
    {
        if (_written[unit] == interval && _writer[unit] != item)
            return _writer[unit];
        _reader[unit] = _read[unit] == interval && _reader[unit] != item ? Several : item;
        _read[unit] = interval;
        return None;
    }

    /// <summary>Notes a write; gives another work-item that accessed the unit in this interval, or <see cref="None"/>.</summary>
    public int Write(long unit, int item, int interval, out bool otherWrote)
    {
        otherWrote = _written[unit] == interval && _writer[unit] != item;
        if (otherWrote)
            return _writer[unit];
        if (_read[unit] == interval && _reader[unit] != item)
            return _reader[unit] == Several ? int.MaxValue : _reader[unit];
        _written[unit] = interval;
        _writer[unit] = item;
        return None;
    }
}

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// Who read and wrote each unit of a buffer over a whole launch. Programs are unordered: one may not read what another writes, nor write
/// another value where another wrote.
/// </summary>
internal sealed class BufferLog
{
    private const int Nobody = 0, Several = -1;

    private readonly int[] _writer;
    private readonly int[] _reader;
    private readonly int[] _store;
    private readonly int _unit;

    /// <param name="bytes">Bytes of the buffer.</param>
    /// <param name="unit">Bytes that are always accessed together: the finest element of the buffer's views.</param>
    /// <param name="intervals">Whether work-items of a group access it too.</param>
    public BufferLog(int bytes, int unit, bool intervals)
    {
        int units = (bytes + unit - 1) / unit;
        _unit = unit;
        _writer = new int[units];
        _reader = new int[units];
        _store = new int[units];
        Intervals = intervals ? new IntervalLog(units) : null;
    }

    public IntervalLog? Intervals { get; }

    public long First(long at) => at / _unit;

    public long Last(long at, int bytes) => (at + bytes - 1) / _unit;

    public bool IsWritten(long unit) => _writer[unit] != Nobody;

    /// <summary>Notes a read by a program (programs count from 1); true if it races with another program's write.</summary>
    public bool ReadRaces(long unit, int program)
    {
        if (_writer[unit] != Nobody && _writer[unit] != program)
            return true;
        _reader[unit] = _reader[unit] == Nobody || _reader[unit] == program ? program : Several;
        return false;
    }

    /// <summary>
    /// Notes a write; true if it races with another program, or within the tile store numbered <paramref name="store"/>, which writes its
    /// elements in no order.
    /// </summary>
    public bool WriteRaces(long unit, int program, bool sameValue, int store)
    {
        if (_reader[unit] != Nobody && _reader[unit] != program)
            return true;
        if (_writer[unit] != Nobody && (_writer[unit] != program || _store[unit] == store) && !sameValue)
            return true;
        _writer[unit] = _writer[unit] == Nobody || _writer[unit] == program ? program : Several;
        _store[unit] = store;
        return false;
    }
}

using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>Who accesses memory and from where, for faults.</summary>
internal sealed class Accessor
{
    public ProgramPosition Program { get; set; }

    /// <summary>The program's number, from 1.</summary>
    public int Number { get; set; }

    public int? WorkItem { get; set; }

    /// <summary>The group's barrier interval, counted from 1 over the whole launch.</summary>
    public int Interval { get; set; } = 1;

    public SourceLocation Location { get; set; }

    public KernelFaultException Fault(FaultKind kind, string detail, string memory = "", params int[] index) =>
        new(new KernelFault(kind, memory, index, Location, Program, WorkItem, detail));
}

/// <summary>A launch's memory: bounds-checked, typed access to views that notes races and uninitialised reads.</summary>
internal sealed class MemoryTracker
{
    private readonly Dictionary<string, (InterpreterView View, BufferLog? Log)> _views = [];
    private int _stores;

    /// <param name="memory">The views.</param>
    /// <param name="stored">Names of views the kernel stores to; only their buffers need a log.</param>
    /// <param name="intervals">Whether work-items share the memory.</param>
    public MemoryTracker(InterpreterMemory memory, IEnumerable<string> stored, bool intervals)
    {
        InterpreterView[] views = memory.Views.Values.ToArray();
        var written = new HashSet<string>(stored);
        foreach (IGrouping<byte[], InterpreterView> shared in views.GroupBy(v => v.Buffer))
        {
            bool isLogged = shared.Any(v => v.Uninitialized || written.Contains(v.Name));
            BufferLog? log = isLogged ? new BufferLog(shared.Key.Length, Unit(shared), intervals) : null;
            foreach (InterpreterView view in shared)
                _views[view.Name] = (view, log);
        }
    }

    public InterpreterView View(string name) =>
        _views.TryGetValue(name, out (InterpreterView View, BufferLog? Log) found) ? found.View : throw new ArgumentException($"the memory has no view {name}");

    /// <summary>Opens a tile store: elements it writes twice must agree.</summary>
    public void BeginStore() => _stores++;

    /// <summary>Reads an element, or <paramref name="raw"/> at a byte offset within a row.</summary>
    public Number Read(string name, int[] index, RawType raw, bool byteOffset, Accessor who)
    {
        (InterpreterView view, BufferLog? log) = _views[name];
        int bytes = StoredElement.Bytes(raw);
        long at = Address(view, index, bytes, byteOffset, who);
        if (log is not null)
            NoteRead(view, log, index, at, bytes, who);
        return StoredElement.Read(view.Buffer, at, raw);
    }

    /// <summary>Stores an element, converted to the view's element type.</summary>
    public void Write(string name, int[] index, Number value, Accessor who)
    {
        (InterpreterView view, BufferLog? log) = _views[name];
        RawType raw = StoredElement.RawOf(view.Element);
        int bytes = StoredElement.Bytes(raw);
        long at = Address(view, index, bytes, byteOffset: false, who);
        bool same = StoredElement.Write(view.Buffer, at, StoredElement.Encode(value, raw), bytes);
        for (long unit = log!.First(at); unit <= log.Last(at, bytes); unit++)
        {
            bool otherWrote = false;
            int other = log.Intervals?.Write(unit, who.WorkItem!.Value, who.Interval, out otherWrote) ?? IntervalLog.None;
            if (other != IntervalLog.None)
                throw who.Fault(FaultKind.Race, Race(otherWrote ? "both write" : "one reads and one writes", other), name, index);
            if (log.WriteRaces(unit, who.Number, same, _stores))
                throw who.Fault(FaultKind.Race, "written twice in no order with different values, or read by another program", name, index);
        }
    }

    /// <summary>What two work-items do to each other.</summary>
    public static string Race(string what, int other) =>
        $"{what} without a barrier between: another is {(other == int.MaxValue ? "one of several work-items" : "work-item " + IrText.Int(other))}";

    private static void NoteRead(InterpreterView view, BufferLog log, int[] index, long at, int bytes, Accessor who)
    {
        for (long unit = log.First(at); unit <= log.Last(at, bytes); unit++)
        {
            int other = log.Intervals?.Read(unit, who.WorkItem!.Value, who.Interval) ?? IntervalLog.None;
            if (other != IntervalLog.None)
                throw who.Fault(FaultKind.Race, Race("one writes and one reads", other), view.Name, index);
            if (view.Uninitialized && !log.IsWritten(unit))
                throw who.Fault(FaultKind.Uninitialized, "read before the kernel writes it", view.Name, index);
            if (log.ReadRaces(unit, who.Number))
                throw who.Fault(FaultKind.Race, "written by another program, which may run before or after", view.Name, index);
        }
    }

    private static long Address(InterpreterView view, int[] index, int bytes, bool byteOffset, Accessor who)
    {
        int last = index.Length - 1;
        for (int axis = 0; axis <= last; axis++)
        {
            long end = axis == last && byteOffset ? view.RowBytes - bytes + 1 : axis < last ? (view.Extents[axis] + view.RowsTogether - 1) / view.RowsTogether : view.Extents[axis];
            if (index[axis] < 0 || index[axis] >= end)
            {
                string extent = byteOffset && axis == last ? $"{view.RowBytes} bytes" : $"extent {end}";
                throw who.Fault(FaultKind.OutOfBounds, $"axis {IrText.Int(axis)} has {extent}", view.Name, index);
            }
        }

        return view.RowStart(index) + (byteOffset ? index[last] : (long)index[last] * bytes);
    }

    // The greatest size that divides every element's size and every view's offset.
    private static int Unit(IEnumerable<InterpreterView> views)
    {
        long unit = 4;
        foreach (InterpreterView view in views)
        {
            while (view.Element.Bytes == 0 ? unit > 1 : view.Element.Bytes % unit != 0 || view.Offset % unit != 0)
                unit /= 2;
        }

        return (int)unit;
    }
}

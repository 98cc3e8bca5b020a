using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>One launch of a program in code form: compiled to steps once, then run group by group.</summary>
internal sealed class CodeMachine
{
    private readonly Accessor _who = new();
    private readonly Step _body;
    private readonly int[] _grid = [1, 1, 1];
    private readonly WorkItem[] _items;
    private readonly LocalMemory[] _buffers;

    public CodeMachine(Program program, InterpreterMemory memory, IReadOnlyDictionary<string, Number> arguments, bool isThreads, long stepLimit)
    {
        var tracker = new MemoryTracker(memory, CodeWalk.All(program.Body).OfType<StoreView>().Select(s => s.View), intervals: isThreads);
        var buffers = new Dictionary<string, LocalMemory>();
        MultiplyWarpgroup[] products = [.. CodeWalk.All(program.Body).OfType<MultiplyWarpgroup>()];
        var expressions = new ExpressionCompiler(tracker, buffers, arguments, _who, isThreads ? program.WorkGroup : 0)
        {
            ProductSums = [.. products.SelectMany(product => product.Sums).Select(sum => sum.Name)],
        };
        var launch = new WorkItem(0, 0);
        _who.Location = program.Kernel.Location;
        for (int axis = 0; axis < program.Grid.Count; axis++)
            _grid[axis] = expressions.Scalar(program.Grid[axis])(launch).I32;
        foreach (LocalBuffer buffer in program.Buffers)
        {
            int size = expressions.Scalar(buffer.Size)(launch).I32;
            buffers.Add(buffer.Name, new LocalMemory(buffer.Name, buffer.Type, size, isThreads ? 0 : Lanes.Count - 1, isThreads, _who)
            {
                Unpublished = products.Length > 0 ? [] : null,
            });
        }

        _buffers = buffers.Values.ToArray();
        _body = new StepCompiler(expressions, tracker, _who, isThreads, new StepBudget(stepLimit)).Compile(program.Body);
        _items = Enumerable.Range(0, isThreads ? program.WorkGroup : 1).Select(i => new WorkItem(i, expressions.Variables)).ToArray();
    }

    public void Run()
    {
        for (int z = 0; z < _grid[2]; z++)
        {
            for (int y = 0; y < _grid[1]; y++)
            {
                for (int x = 0; x < _grid[0]; x++)
                {
                    _who.Program = new ProgramPosition(x, y, z);
                    _who.Number++;
                    RunGroup();
                    _who.Interval++;
                }
            }
        }
    }

    private void RunGroup()
    {
        foreach (LocalMemory buffer in _buffers)
            buffer.Clear();
        foreach (WorkItem item in _items)
        {
            item.Copies.Clear();
            item.Products.Clear();
        }

        IEnumerator<StopStep>[] runs = _items.Select(i => _body.Stops(i).GetEnumerator()).ToArray();
        while (RunToBarrier(runs))
            _who.Interval++;
    }

    // Runs every work-item to its next barrier; false when all have finished.
    private bool RunToBarrier(IEnumerator<StopStep>[] runs)
    {
        var stops = new StopStep?[runs.Length];
        for (int first = 0; first < runs.Length; first += Warp.Size)
        {
            int count = Math.Min(Warp.Size, runs.Length - first);
            do
                RunWarp(runs, stops, first, count);
            while (Exchanged(stops, first, count));
        }

        CheckWarpgroups();
        if (Array.TrueForAll(stops, s => s is null))
            return false;
        Meet(stops, 0, stops.Length);
        return true;
    }

    // The warps of a warpgroup multiply the same.
    private void CheckWarpgroups()
    {
        const int Size = WarpgroupShape.Warps * Warp.Size;
        if (Array.FindIndex(_items, item => item.Products.Trace != _items[item.Index / Size * Size].Products.Trace) is >= 0 and var other)
        {
            _who.WorkItem = other;
            throw _who.Fault(FaultKind.BarrierDivergence, "the warps of a warpgroup have multiplied different matrices");
        }
    }

    // Runs the work-items of a warp to their next stop.
    private void RunWarp(IEnumerator<StopStep>[] runs, StopStep?[] stops, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            try
            {
                stops[i] = Advance(runs, i);
            }
            catch (KernelFaultException fault) when (fault.Fault.Kind == FaultKind.Uninitialized)
            {
                RunOthers(runs, i + 1, fault.Fault);
                throw;
            }
        }
    }

    // Whether the warp waited at a meeting of its own, which it has gone through now.
    private bool Exchanged(StopStep?[] stops, int first, int count)
    {
        int waiting = Array.FindIndex(stops, first, count, s => s is WarpStep);
        if (waiting < 0)
            return false;
        Meet(stops, first, count);
        ((WarpStep)stops[waiting]!).Exchange(_items, first, count);
        return true;
    }

    private static string NameOf(StopStep stop) => stop is WarpStep warp ? warp.Name : "barrier";

    // Some work-items wait: all must, and at the same place.
    private void Meet(StopStep?[] stops, int first, int count)
    {
        int waiting = Array.FindIndex(stops, first, count, s => s is not null);
        int elsewhere = Array.FindIndex(stops, first, count, s => s != stops[waiting]);
        if (elsewhere < 0)
            return;
        _who.WorkItem = waiting;
        _who.Location = stops[waiting]!.Location;
        string what = NameOf(stops[waiting]!);
        string other = stops[elsewhere] is { } stop ? $"waits at another {NameOf(stop)}, at line {IrText.Int(stop.Location.Line)}" : "has finished";
        throw _who.Fault(FaultKind.BarrierDivergence, $"a work-item waits at this {what} while work-item {IrText.Int(elsewhere)} {other}");
    }

    // What nothing has written yet, another work-item may write in this interval: then the read is a race, which says more.
    private void RunOthers(IEnumerator<StopStep>[] runs, int first, KernelFault read)
    {
        for (int i = first; i < runs.Length; i++)
        {
            try
            {
                Advance(runs, i);
            }
            catch (KernelFaultException other) when (other.Fault.Kind != FaultKind.Race || other.Fault.Memory != read.Memory)
            {
                // This work-item's own fault follows from the first.
            }
        }
    }

    private StopStep? Advance(IEnumerator<StopStep>[] runs, int item)
    {
        _who.WorkItem = item;
        return runs[item].MoveNext() ? runs[item].Current : null;
    }
}

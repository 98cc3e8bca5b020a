using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>A work-item's copies: made when their group is waited for and not before, as late as a device may make them.</summary>
internal sealed class CopyQueue
{
    private const int Elements = 8;

    private readonly Queue<List<Action>> _groups = [];
    private List<Action> _open = [];

    /// <summary>What <see cref="CopyAsync"/> does.</summary>
    public static Action<WorkItem> Start(CopyAsync copy, ExpressionCompiler expressions, MemoryTracker memory, Accessor who)
    {
        LocalMemory target = expressions.Buffer(copy.Target);
        ScalarCode place = expressions.Scalar(copy.Index), count = expressions.Scalar(copy.Count);
        ScalarCode[] indices = [.. copy.Indices.AsEnumerable().Select(expressions.Scalar)];
        return item =>
        {
            int to = place(item).I32, present = Math.Min(Elements, count(item).I32);
            int[] from = [.. indices.Select(i => i(item).I32)];
            bool fits = present == 0 || (memory.View(copy.View).IsAligned(2 * Elements) && from[from.Length - 1] % Elements == 0);
            if (!fits || to % 4 != 0 || present < 0)
                throw who.Fault(FaultKind.OutOfBounds, $"a copy of {IrText.Int(present)} elements to {IrText.Int(to)} that does not begin at 16 bytes", copy.View, from);
            for (int word = 0; word < Elements / 2; word++)
                target.StartCopy(to + word);
            item.Copies._open.Add(() =>
            {
                int Bits(int element) => element >= present ? 0
                    : memory.Read(copy.View, [.. from.Take(from.Length - 1), from[from.Length - 1] + element], RawType.U16, false, who).I32;
                for (int word = 0; word < Elements / 2; word++)
                    target.EndCopy(to + word, Number.Of(Bits(2 * word) | (Bits((2 * word) + 1) << 16)));
            });
        };
    }

    public void Commit()
    {
        _groups.Enqueue(_open);
        _open = [];
    }

    public void Wait(int remaining)
    {
        while (_groups.Count > remaining)
            _groups.Dequeue().ForEach(copy => copy());
    }

    public void Clear()
    {
        _groups.Clear();
        _open.Clear();
    }
}

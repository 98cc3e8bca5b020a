namespace KernelFoundry.Testing.Emulation;

/// <summary>
/// A stream that does nothing before it must: what it was given runs when somebody waits for it. So what a host does too early, such as reading a result or
/// writing a buffer that a copy still reads, is seen to be wrong.
/// </summary>
internal sealed class EmulatedStream(EmulatedContext context)
{
    private readonly Queue<Action> given = new();
    private long enqueued;
    private long finished;

    public EmulatedContext Context => context;

    /// <summary>Adds work; gives its number.</summary>
    public long Add(Action work)
    {
        given.Enqueue(work);
        return ++enqueued;
    }

    /// <summary>Whether work has run.</summary>
    public bool HasFinished(long number) => number <= finished;

    /// <summary>Runs everything up to a piece of work.</summary>
    public void Finish(long number)
    {
        while (finished < number)
        {
            Action work = given.Dequeue();
            finished++;
            work();
        }
    }

    /// <summary>Runs everything.</summary>
    public void FinishAll() => Finish(enqueued);
}

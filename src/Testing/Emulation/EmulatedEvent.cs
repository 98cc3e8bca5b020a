using System.Diagnostics;

namespace KernelFoundry.Testing.Emulation;

/// <summary>An event: a place in a stream's order.</summary>
internal sealed class EmulatedEvent
{
    private EmulatedStream? stream;
    private long number;

    /// <summary>When the stream came to it.</summary>
    public long Reached { get; private set; }

    public bool IsRecorded => stream is not null;

    public bool IsReached => stream is null || stream.HasFinished(number);

    public void Record(EmulatedStream into)
    {
        stream = into;
        number = into.Add(() => Reached = Stopwatch.GetTimestamp());
    }

    public void Wait() => stream?.Finish(number);

    /// <summary>The place it has now, whatever is recorded later.</summary>
    public Action Later()
    {
        EmulatedStream? now = stream;
        long place = number;
        return () => now?.Finish(place);
    }
}

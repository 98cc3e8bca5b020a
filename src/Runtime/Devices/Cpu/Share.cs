using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// One thread's part of the programs of a launch, and what the thread is doing. The programs are a contiguous range, taken from its front in
/// chunks by its owner and by threads that have finished theirs. A share has cache lines of its own (128 bytes: processors fetch lines in pairs),
/// so that a launch moves one line to a worker and back.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct Share
{
    private const int Idle = 0;
    private const int Offered = 1;
    private const int Joined = 2;
    private const int Parked = 3;

    // Not at the start: the first share of an array lies beside the array's length, which all threads read.
    [FieldOffset(64)]
    private long next;

    [FieldOffset(72)]
    private long end;

    [FieldOffset(80)]
    private int state;

    /// <summary>Whether a launch waits for the worker: what it spins on.</summary>
    public readonly bool IsOffered => Volatile.Read(in state) == Offered;

    /// <summary>Whether the worker is in the launch.</summary>
    public readonly bool IsJoined => Volatile.Read(in state) == Joined;

    /// <summary>Launcher: gives the share its programs. No other thread may be in a launch.</summary>
    /// <param name="first">The first program.</param>
    /// <param name="end">The one after the last.</param>
    public void Fill(long first, long end)
    {
        next = first;
        this.end = end;
    }

    /// <summary>Launcher: lets the worker join. A full fence: everything written before is seen by a worker that joins.</summary>
    /// <returns>Whether the worker sleeps, and must be woken.</returns>
    public bool Offer() => Interlocked.Exchange(ref state, Offered) == Parked;

    /// <summary>Launcher: takes back an offer the worker has not followed; from then on it cannot. Else the worker is joined, or has left.</summary>
    public void Withdraw() => Interlocked.CompareExchange(ref state, Idle, Offered);

    /// <summary>Worker: joins the launch offered.</summary>
    /// <returns>Whether it is still offered.</returns>
    public bool TryJoin() => Interlocked.CompareExchange(ref state, Joined, Offered) == Offered;

    /// <summary>Worker: has finished its part of the launch; everything it wrote is seen by the launcher.</summary>
    public void Leave() => Volatile.Write(ref state, Idle);

    /// <summary>Worker: says that it goes to sleep, and must be woken. A full fence.</summary>
    /// <returns>Whether it may: not if a launch is offered.</returns>
    public bool TryPark() => Interlocked.CompareExchange(ref state, Parked, Idle) == Idle;

    /// <summary>Ends a sleep for another reason than a launch.</summary>
    /// <returns>Whether the worker slept: it is the caller who must wake it, or the worker itself.</returns>
    public bool TryUnpark() => Interlocked.CompareExchange(ref state, Idle, Parked) == Parked;

    /// <summary>Takes programs that no other thread has taken.</summary>
    /// <param name="count">How many; fewer at the end of the share.</param>
    /// <param name="first">The first program.</param>
    /// <param name="end">The one after the last.</param>
    /// <returns>Whether there were any.</returns>
    public bool TryTake(long count, out long first, out long end)
    {
        end = this.end;
        first = Volatile.Read(ref next);

        // Looked at before it is taken from: looking at an empty share takes no cache line from another thread.
        if (first >= end)
            return false;
        first = Interlocked.Add(ref next, count) - count;
        end = Math.Min(first + count, end);
        return first < end;
    }

    /// <summary>Takes all that is left and does nothing with it.</summary>
    public void Abandon() => Volatile.Write(ref next, end);
}

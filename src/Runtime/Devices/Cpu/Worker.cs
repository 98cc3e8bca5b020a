using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace KernelFoundry;

/// <summary>One thread of a <see cref="WorkerPool"/>: spins for the next launch for a while, then sleeps until it is woken.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The thread frees its scratch when it ends; a waker may still hold the event.")]
internal sealed class Worker
{
    private const int Awake = 0;
    private const int Parked = 1;

    private readonly WorkerPool pool;
    private readonly long spinTicks;
    private readonly Thread thread;
    private readonly ScratchArena scratch = new();
    private readonly AutoResetEvent wake = new(false);
    private int state;

    public Worker(WorkerPool pool, int number, TimeSpan spinTime)
    {
        this.pool = pool;
        spinTicks = (long)(spinTime.TotalSeconds * Stopwatch.Frequency);
        thread = new Thread(Loop) { IsBackground = true, Name = $"KernelFoundry worker {number}" };
        thread.Start();
    }

    /// <summary>Wakes the worker if it sleeps. The caller must have published what to wake for.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref state) == Parked && Interlocked.Exchange(ref state, Awake) == Parked)
            wake.Set();
    }

    public void Join() => thread.Join();

    private void Loop()
    {
        int seen = 0;
        long idleSince = Stopwatch.GetTimestamp();
        while (!pool.IsStopping)
        {
            int launch = pool.OpenLaunch;
            if (launch != 0 && launch != seen)
            {
                seen = launch;
                pool.Join(launch, scratch);
                idleSince = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetTimestamp() - idleSince < spinTicks)
            {
                Thread.SpinWait(16);
            }
            else
            {
                Park(seen);
                idleSince = Stopwatch.GetTimestamp();
            }
        }

        scratch.Dispose();
    }

    private void Park(int seen)
    {
        // The exchange is a full fence: either this thread sees a launch opened before, or the launcher sees this thread parked.
        Interlocked.Exchange(ref state, Parked);
        int launch = pool.OpenLaunch;
        if ((launch != 0 && launch != seen) || pool.IsStopping)
        {
            Volatile.Write(ref state, Awake);
            return;
        }

        wake.WaitOne();
    }
}

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
    /// <summary>How often a worker looks for a launch before it looks at the clock, which takes longer.</summary>
    private const int LooksPerTimestamp = 16;

    private readonly WorkerPool pool;
    private readonly int number;
    private readonly long spinTicks;
    private readonly Thread thread;
    private readonly ScratchArena scratch = new();
    private readonly AutoResetEvent wake = new(false);

    /// <param name="pool">The pool whose launches it joins.</param>
    /// <param name="number">Its number in the pool, from 1; 0 is the thread that launches.</param>
    /// <param name="spinTime">How long it spins before it sleeps.</param>
    public Worker(WorkerPool pool, int number, TimeSpan spinTime)
    {
        this.pool = pool;
        this.number = number;
        spinTicks = (long)(spinTime.TotalSeconds * Stopwatch.Frequency);
        thread = new Thread(Loop) { IsBackground = true, Name = $"KernelFoundry worker {number}" };
        thread.Start();
    }

    /// <summary>Ends the sleep of a worker that has parked.</summary>
    public void Wake() => wake.Set();

    public void Join() => thread.Join();

    private void Loop()
    {
        ref Share own = ref pool.ShareOf(number);
        while (WaitForLaunch(ref own))
        {
            if (!own.TryJoin())
                continue;
            pool.RunPrograms(number, scratch);
            own.Leave();
        }

        scratch.Dispose();
    }

    // False if the pool ends.
    private bool WaitForLaunch(ref Share own)
    {
        while (!pool.IsStopping)
        {
            long started = Stopwatch.GetTimestamp();
            do
            {
                for (int look = 0; look < LooksPerTimestamp; look++)
                {
                    if (own.IsOffered)
                        return true;
                    SpinPause.Once();
                }
            }
            while (!pool.IsStopping && Stopwatch.GetTimestamp() - started < spinTicks);
            Park(ref own);
        }

        return false;
    }

    // Parking and stopping are full fences: either this thread sees that the pool stops, or who stops it sees this thread parked.
    private void Park(ref Share own)
    {
        if (own.TryPark() && !(pool.IsStopping && own.TryUnpark()))
            wake.WaitOne();
    }
}

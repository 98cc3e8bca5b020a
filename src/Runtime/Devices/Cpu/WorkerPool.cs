using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// Runs the programs of one launch at a time on the calling thread and any worker that is ready. Each thread starts with a contiguous share of
/// the programs, and takes from the others' when it has finished its own. Programs run alone on their arguments, so results depend neither on
/// the number of threads nor on who takes what. A launch allocates nothing.
/// </summary>
/// <remarks>
/// Joining is optional: a launch is offered to each worker by a word in its share, the worker joins by changing the word, and the launcher, when
/// no programs are left, withdraws the offers that were not followed. It waits for the workers that have joined; the share of one that wakes late,
/// or has been stopped by the system, is taken by the others, and nobody waits for it.
/// </remarks>
internal sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>Chunks a share is taken in: enough to even out threads that are slowed down, few enough to keep its counter cold.</summary>
    private const int ChunksPerShare = 8;

    /// <summary>Looks at the last workers' work before the launcher lets other threads run: one of them may need this processor.</summary>
    private const int LooksBeforeYield = 1000;

    private readonly Lock launching = new();
    private readonly Worker[] workers;
    private readonly Share[] shares;
    private readonly ScratchArena callerScratch = new();
    private volatile bool stopping;
    private OpenLaunch launch;
    private ProgramFailure? failure;

    /// <param name="threads">Threads that run programs, the caller's included.</param>
    /// <param name="spinTime">How long an idle worker spins before it sleeps.</param>
    public WorkerPool(int threads, TimeSpan spinTime)
    {
        shares = new Share[threads];
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.Length; i++)
            workers[i] = new Worker(this, i + 1, spinTime);
    }

    public bool IsStopping => stopping;

    /// <summary>A thread's share: 0 is the launcher's.</summary>
    public ref Share ShareOf(int thread) => ref shares[thread];

    /// <summary>Runs all programs of a launch and returns when they are done.</summary>
    public void Run(KernelDefinition kernel, delegate*<long*, byte*, int, int, int, void> entry, long* slots, in LaunchShape shape)
    {
        lock (launching)
        {
            ObjectDisposedException.ThrowIf(stopping, typeof(Device));
            long programs = shape.ProgramCount;
            int filled = (int)Math.Min(shares.Length, programs);
            launch.Entry = entry;
            launch.Slots = slots;
            launch.Shape = shape;
            launch.Chunk = filled == 1 ? programs : Math.Max(1, programs / (filled * ChunksPerShare));
            launch.Shares = filled;
            Offer(programs, filled);
            RunPrograms(0, callerScratch);
            Finish(filled);

            if (failure is { } failed)
            {
                failure = null;
                throw failed.ToException(kernel, shape);
            }
        }
    }

    /// <summary>Runs the programs of a thread's own share, then what is left of the shares after it.</summary>
    /// <param name="thread">The thread's number; it must be the launcher's or have joined the launch.</param>
    /// <param name="arena">The thread's scratch.</param>
    public void RunPrograms(int thread, ScratchArena arena)
    {
        long program = 0;
        try
        {
            byte* scratch = arena.Get(launch.Shape.CpuScratchBytes);
            int share = thread;
            for (int i = 0; i < launch.Shares; i++)
            {
                while (shares[share].TryTake(launch.Chunk, out program, out long end))
                    RunRange(scratch, ref program, end);
                if (++share == launch.Shares)
                    share = 0;
            }
        }
        catch (Exception exception)
        {
            // The first failure is reported; the others stop at their next chunk.
            Interlocked.CompareExchange(ref failure, new ProgramFailure(program, exception), null);
            for (int i = 0; i < launch.Shares; i++)
                shares[i].Abandon();
        }
    }

    /// <summary>Asks the workers to end, without waiting for them.</summary>
    public void Stop()
    {
        stopping = true;
        for (int i = 0; i < workers.Length; i++)
        {
            if (shares[i + 1].TryUnpark())
                workers[i].Wake();
        }
    }

    /// <summary>Ends the workers, after a launch that is running.</summary>
    public void Dispose()
    {
        lock (launching)
            Stop();
        foreach (Worker worker in workers)
            worker.Join();
        callerScratch.Dispose();
    }

    // Where it does not come out even, the first shares have one program more: the launcher starts first.
    private void Offer(long programs, int filled)
    {
        (long each, long more) = Math.DivRem(programs, filled);
        long end = programs;
        for (int i = filled - 1; i >= 0; i--)
        {
            long first = end - each - (i < more ? 1 : 0);
            shares[i].Fill(first, end);
            end = first;
        }

        // After all are filled: whoever joins may take from any.
        for (int i = 1; i < filled; i++)
        {
            if (shares[i].Offer())
                workers[i - 1].Wake();
        }
    }

    private void Finish(int filled)
    {
        for (int i = 1; i < filled; i++)
            shares[i].Withdraw();
        for (int i = 1; i < filled; i++)
        {
            for (int look = 0; shares[i].IsJoined; look++)
            {
                if (look < LooksBeforeYield)
                    SpinPause.Once();
                else
                    Thread.Yield();
            }
        }
    }

    // Counts where the caller can see it: a failure says in which program it was.
    private void RunRange(byte* scratch, ref long program, long end)
    {
        (int p0, int p1, int p2) = IdsOf(program, launch.Shape);
        while (true)
        {
            launch.Entry(launch.Slots, scratch, p0, p1, p2);
            if (++program == end)
                break;
            if (++p0 == launch.Shape.Grid0)
            {
                p0 = 0;
                if (++p1 == launch.Shape.Grid1)
                {
                    p1 = 0;
                    p2++;
                }
            }
        }
    }

    private static (int P0, int P1, int P2) IdsOf(long program, in LaunchShape shape)
    {
        (long rest, long p0) = Math.DivRem(program, shape.Grid0);
        (long p2, long p1) = Math.DivRem(rest, shape.Grid1);
        return ((int)p0, (int)p1, (int)p2);
    }

    /// <summary>What the programs are. Written while no worker is in a launch; its lines hold nothing written during one.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct OpenLaunch
    {
        [FieldOffset(64)]
        public delegate*<long*, byte*, int, int, int, void> Entry;

        [FieldOffset(72)]
        public long* Slots;

        [FieldOffset(80)]
        public long Chunk;

        [FieldOffset(88)]
        public LaunchShape Shape;

        [FieldOffset(120)]
        public int Shares;
    }

    private sealed record ProgramFailure(long Program, Exception Exception)
    {
        public DeviceException ToException(KernelDefinition kernel, in LaunchShape shape) => new(
            $"Kernel {kernel.Name} failed in program {IdsOf(Program, shape)} of grid {shape}: {Exception.Message}",
            kernel.Name,
            innerException: Exception);
    }
}

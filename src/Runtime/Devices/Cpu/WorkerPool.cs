using System.Runtime.InteropServices;

namespace KernelFoundry;

/// <summary>
/// Runs the programs of one launch at a time on the calling thread and any worker that is ready. Programs are handed out in contiguous chunks
/// by an atomic counter, and each runs alone on its arguments, so results do not depend on the number of threads. A launch allocates nothing.
/// </summary>
/// <remarks>
/// Joining is optional: a launch is open while its programs are handed out, a worker counts itself active before it looks whether the launch
/// is still open, and the launcher closes it before it waits for the active count to be zero. A worker that wakes late finds it closed, and
/// nobody waits for it.
/// </remarks>
internal sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>Chunks per thread: enough to even out threads that are slowed down, few enough to keep the counter cold.</summary>
    private const int ChunksPerThread = 8;

    private readonly Lock launching = new();
    private readonly Worker[] workers;
    private readonly ScratchArena callerScratch = new();
    private Counters counters;
    private volatile bool stopping;
    private int generation;

    // The open launch. Written while none is open.
    private delegate*<long*, byte*, int, int, int, void> entry;
    private long* slots;
    private LaunchShape shape;
    private long programs;
    private long chunk;
    private ProgramFailure? failure;

    /// <param name="threads">Threads that run programs, the caller's included.</param>
    /// <param name="spinTime">How long an idle worker spins before it sleeps.</param>
    public WorkerPool(int threads, TimeSpan spinTime)
    {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.Length; i++)
            workers[i] = new Worker(this, i + 1, spinTime);
    }

    public bool IsStopping => stopping;

    /// <summary>The number of the launch that is open; 0 if none is.</summary>
    public int OpenLaunch => Volatile.Read(ref counters.Open);

    /// <summary>Runs all programs of a launch and returns when they are done.</summary>
    public void Run(KernelDefinition kernel, delegate*<long*, byte*, int, int, int, void> entry, long* slots, in LaunchShape shape)
    {
        lock (launching)
        {
            ObjectDisposedException.ThrowIf(stopping, typeof(Device));
            this.entry = entry;
            this.slots = slots;
            this.shape = shape;
            programs = shape.ProgramCount;
            chunk = Math.Max(1, programs / ((workers.Length + 1L) * ChunksPerThread));
            counters.Next = 0;

            long helpers = Math.Min(workers.Length, ((programs + chunk - 1) / chunk) - 1);
            if (helpers > 0)
                RunWith((int)helpers);
            else
                RunPrograms(callerScratch);

            if (failure is { } failed)
            {
                failure = null;
                throw failed.ToException(kernel, shape);
            }
        }
    }

    /// <summary>Takes part in a launch, if it is still open.</summary>
    public void Join(int launch, ScratchArena scratch)
    {
        Interlocked.Increment(ref counters.Active);
        if (Volatile.Read(ref counters.Open) == launch)
            RunPrograms(scratch);
        Interlocked.Decrement(ref counters.Active);
    }

    /// <summary>Asks the workers to end, without waiting for them.</summary>
    public void Stop()
    {
        stopping = true;
        foreach (Worker? worker in workers)
            worker?.Wake();
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

    private void RunWith(int helpers)
    {
        generation = generation == int.MaxValue ? 1 : generation + 1;

        // The exchange is a full fence between opening the launch and looking who sleeps: see Worker.Park.
        Interlocked.Exchange(ref counters.Open, generation);
        for (int i = 0; i < helpers; i++)
            workers[i].Wake();

        RunPrograms(callerScratch);

        Interlocked.Exchange(ref counters.Open, 0);
        SpinWait spinner = default;
        while (Volatile.Read(ref counters.Active) != 0)
            spinner.SpinOnce(sleep1Threshold: -1);
    }

    private void RunPrograms(ScratchArena arena)
    {
        long program = 0;
        try
        {
            byte* scratch = arena.Get(shape.CpuScratchBytes);
            while ((program = Interlocked.Add(ref counters.Next, chunk) - chunk) < programs)
            {
                long end = Math.Min(program + chunk, programs);
                (int p0, int p1, int p2) = IdsOf(program, shape);
                while (true)
                {
                    entry(slots, scratch, p0, p1, p2);
                    if (++program == end)
                        break;
                    if (++p0 == shape.Grid0)
                    {
                        p0 = 0;
                        if (++p1 == shape.Grid1)
                        {
                            p1 = 0;
                            p2++;
                        }
                    }
                }
            }
        }
        catch (Exception exception)
        {
            // The first failure is reported; the others stop at their next chunk.
            Interlocked.CompareExchange(ref failure, new ProgramFailure(program, exception), null);
            Volatile.Write(ref counters.Next, programs);
        }
    }

    private static (int P0, int P1, int P2) IdsOf(long program, in LaunchShape shape)
    {
        (long rest, long p0) = Math.DivRem(program, shape.Grid0);
        (long p2, long p1) = Math.DivRem(rest, shape.Grid1);
        return ((int)p0, (int)p1, (int)p2);
    }

    /// <summary>What threads write during a launch, each on its own cache lines (128 bytes: processors fetch lines in pairs).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Counters
    {
        /// <summary>First program not handed out.</summary>
        [FieldOffset(128)]
        public long Next;

        /// <summary>The launch that may be joined.</summary>
        [FieldOffset(256)]
        public int Open;

        /// <summary>Workers in the launch, or looking whether they still may be.</summary>
        [FieldOffset(384)]
        public int Active;
    }

    private sealed record ProgramFailure(long Program, Exception Exception)
    {
        public DeviceException ToException(KernelDefinition kernel, in LaunchShape shape) => new(
            $"Kernel {kernel.Name} failed in program {IdsOf(Program, shape)} of grid {shape}: {Exception.Message}",
            kernel.Name,
            innerException: Exception);
    }
}

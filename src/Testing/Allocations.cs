namespace KernelFoundry.Testing;

/// <summary>What code allocates on the managed heap.</summary>
public static class Allocations
{
    private const int MostRounds = 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The least that a run of an action allocates on this thread, of as many runs as it takes to see one that allocates nothing, 20 at most. What the action itself
    /// allocates shows in every run; what does not are methods that the runtime has yet to compile for good, and a collection another thread causes, which counts
    /// what is left of this thread's memory as allocated.
    /// </summary>
    /// <param name="action">The action, which must do the same in each run.</param>
    /// <returns>Bytes.</returns>
    public static long Least(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        long least = long.MaxValue;
        for (int round = 0; round < MostRounds && least > 0; round++)
        {
            if (round > 0)
                Thread.Sleep(s_pause);
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}

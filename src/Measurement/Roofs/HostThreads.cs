using System.Diagnostics;

namespace KernelFoundry.Measurement;

/// <summary>Runs the same work on several threads of the host at once.</summary>
internal static class HostThreads
{
    /// <summary>Runs it in rounds, each from when all threads begin until all have ended.</summary>
    /// <param name="threads">How many, the caller's included.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="body">The work of one thread, by its number.</param>
    /// <returns>Seconds of the fastest round.</returns>
    public static double FastestRound(int threads, int rounds, Action<int> body)
    {
        using var together = new Barrier(threads);
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(number => new Thread(() => Run(number)))];
        foreach (Thread thread in others)
            thread.Start();
        double seconds = Run(0);
        foreach (Thread thread in others)
            thread.Join();
        return seconds;

        double Run(int number)
        {
            double fastest = double.PositiveInfinity;
            for (int round = 0; round < rounds; round++)
            {
                together.SignalAndWait();
                long started = Stopwatch.GetTimestamp();
                body(number);
                together.SignalAndWait();
                fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            return fastest;
        }
    }
}

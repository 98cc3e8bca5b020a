namespace KernelFoundry;

/// <summary>
/// A sequence of launches that is run again and again, such as a decode step: recorded the first time, and given to the device as one piece from then on,
/// which costs the host one call instead of one a launch. From <see cref="Device.CreateGraph"/>.
/// <para>
/// Every <see cref="Run"/> calls the method again, and what its launches are given is compared with what they were given last time: scalars, views and grids
/// that differ are changed in the recorded piece, so a position or a cache length that grows is simply passed as ever; launches that differ in kernel or
/// number are recorded anew. Nothing has to be declared, and a run always does what the method's launches say. A kernel that reads such a value from a
/// view on the device need not be changed at all.
/// </para>
/// <para>On devices without such a thing, the method's launches simply run.</para>
/// </summary>
public abstract class LaunchGraph : IDisposable
{
    /// <summary>Runs launches.</summary>
    /// <param name="state">Passed on to the method.</param>
    /// <param name="launches">
    /// Launches kernels on the graph's device from the calling thread, and starts no copies, allocations or waits there: those belong before or after. Best a static lambda,
    /// which allocates nothing.
    /// </param>
    /// <typeparam name="TState">Type of what is passed on.</typeparam>
    /// <exception cref="InvalidOperationException">The method copies, allocates or waits, or runs a graph.</exception>
    /// <exception cref="DeviceException">A launch is refused. None of the launches has run then, on devices that have graphs.</exception>
    public void Run<TState>(TState state, Action<TState> launches)
    {
        ArgumentNullException.ThrowIfNull(launches);
        if (!Begin())
        {
            launches(state);
            return;
        }

        bool isDone = false;
        try
        {
            launches(state);
            isDone = true;
        }
        finally
        {
            End(isDone);
        }
    }

    /// <summary>Frees what was recorded.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts recording on this thread; false if launches are to run by themselves.</summary>
    private protected abstract bool Begin();

    /// <summary>Ends recording and, unless the method failed, starts what was recorded.</summary>
    private protected abstract void End(bool isComplete);

    private protected abstract void Release();
}

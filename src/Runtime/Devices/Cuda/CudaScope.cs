namespace KernelFoundry;

/// <summary>A context as the current one of the calling thread, until disposed of.</summary>
internal readonly unsafe ref struct CudaScope
{
    private readonly CudaQueue queue;

    public CudaScope(CudaQueue queue)
    {
        this.queue = queue;
        Code = queue.Driver.CtxPushCurrent(queue.Context);
    }

    /// <summary>What the driver said.</summary>
    public int Code { get; }

    /// <summary>Whether the context is current: a lost one, or one of a driver that is shutting down, may be refused.</summary>
    public bool IsEntered => Code == CudaNames.Success;

    public void Dispose()
    {
        // What is current otherwise is another's.
        if (!IsEntered)
            return;
        nint popped;
        _ = queue.Driver.CtxPopCurrent(&popped);
    }
}

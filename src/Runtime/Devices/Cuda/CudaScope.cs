namespace KernelFoundry;

/// <summary>A context as the current one of the calling thread, until disposed of.</summary>
internal readonly unsafe ref struct CudaScope
{
    private readonly CudaQueue queue;

    public CudaScope(CudaQueue queue)
    {
        this.queue = queue;
        int code = queue.Driver.CtxPushCurrent(queue.Context);
        if (code != CudaNames.Success)
            throw queue.Failure(code, "cuCtxPushCurrent");
    }

    public void Dispose()
    {
        nint popped;
        _ = queue.Driver.CtxPopCurrent(&popped);
    }
}

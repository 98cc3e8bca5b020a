using System.Runtime.InteropServices;
using KernelFoundry.Testing.Ptx;
using static KernelFoundry.CudaNames;

namespace KernelFoundry.Testing.Emulation;

/// <content>Streams, events, memory and copies.</content>
internal sealed unsafe partial class EmulatedCudaDriver
{
    public int StreamCreate(nint* stream, uint flags) => InContext(nameof(StreamCreate), context =>
    {
        *stream = Handle(new EmulatedStream(context));
        return Success;
    });

    public int StreamDestroy(nint stream) => Call<EmulatedStream>(nameof(StreamDestroy), stream, (of, _) =>
    {
        of.FinishAll();
        handles.Remove(stream);
        return Success;
    });

    public int StreamSynchronize(nint stream) => Call<EmulatedStream>(nameof(StreamSynchronize), stream, (of, _) =>
    {
        of.FinishAll();
        return Success;
    });

    public int StreamWaitEvent(nint stream, nint @event, uint flags) => Call<EmulatedStream>(nameof(StreamWaitEvent), stream, (of, _) =>
    {
        if (!handles.TryGetValue(@event, out object? known) || known is not EmulatedEvent waited)
            return ErrorInvalidHandle;
        of.Add(waited.Later());
        return Success;
    });

    public int EventCreate(nint* @event, uint flags) => InContext(nameof(EventCreate), _ =>
    {
        *@event = Handle(new EmulatedEvent());
        return Success;
    });

    public int EventDestroy(nint @event) => Remove<EmulatedEvent>(nameof(EventDestroy), @event);

    public int EventRecord(nint @event, nint stream) => Call<EmulatedEvent>(nameof(EventRecord), @event, (of, _) =>
    {
        if (!handles.TryGetValue(stream, out object? known) || known is not EmulatedStream into)
            return ErrorInvalidHandle;
        of.Record(into);
        return Success;
    });

    public int EventQuery(nint @event) =>
        Call<EmulatedEvent>(nameof(EventQuery), @event, (of, _) => of.IsReached ? Success : ErrorNotReady);

    public int EventSynchronize(nint @event) => Call<EmulatedEvent>(nameof(EventSynchronize), @event, (of, _) =>
    {
        of.Wait();
        return Success;
    });

    public int EventElapsedTime(float* milliseconds, nint start, nint end) => Call<EmulatedEvent>(nameof(EventElapsedTime), start, (first, _) =>
    {
        if (!handles.TryGetValue(end, out object? known) || known is not EmulatedEvent { IsRecorded: true } last || !first.IsRecorded)
            return ErrorInvalidHandle;
        if (!first.IsReached || !last.IsReached)
            return ErrorNotReady;
        *milliseconds = (float)System.Diagnostics.Stopwatch.GetElapsedTime(first.Reached, last.Reached).TotalMilliseconds;
        return Success;
    });

    public int MemPoolCreate(nint* pool, CudaPoolProperties* properties) => InContext(nameof(MemPoolCreate), _ =>
    {
        if (properties->AllocationType != PoolAllocationPinned || properties->LocationType != LocationDevice || properties->LocationId >= gpus.Count)
            return ErrorInvalidValue;
        *pool = Handle(new EmulatedPool(properties->LocationId));
        return Success;
    });

    public int MemPoolDestroy(nint pool) => Remove<EmulatedPool>(nameof(MemPoolDestroy), pool);

    public int MemPoolSetAttribute(nint pool, int attribute, void* value) =>
        Call<EmulatedPool>(nameof(MemPoolSetAttribute), pool, (_, _) => attribute == PoolReleaseThreshold ? Success : ErrorInvalidValue);

    public int MemAllocFromPoolAsync(ulong* address, nuint bytes, nint pool, nint stream) => Call<EmulatedPool>(
        nameof(MemAllocFromPoolAsync), pool, (from, context) =>
        {
            if (from.Device != context.Ordinal || StreamOf(stream) is null)
                return ErrorInvalidHandle;
            return Allocate(context, address, bytes);
        });

    public int MemFreeAsync(ulong address, nint stream) => Call<EmulatedStream>(nameof(MemFreeAsync), stream, (of, context) =>
    {
        if (context.Memory.Find(address).Start != address)
            return ErrorInvalidValue;
        of.Add(() => context.Memory.Free(address));
        return Success;
    });

    public int MemAlloc(ulong* address, nuint bytes) => InContext(nameof(MemAlloc), context => Allocate(context, address, bytes));

    public int MemFree(ulong address) => InContext(nameof(MemFree), context =>
    {
        // Waits for all that may still use it.
        foreach (EmulatedStream stream in handles.Values.OfType<EmulatedStream>().Where(stream => stream.Context == context).ToArray())
            stream.FinishAll();
        return context.Memory.Free(address) ? Success : ErrorInvalidValue;
    });

    public int MemHostAlloc(void** address, nuint bytes, uint flags) => InContext(nameof(MemHostAlloc), _ =>
    {
        if (bytes == 0)
            return ErrorInvalidValue;
        *address = NativeMemory.Alloc(bytes);
        pinned.Add((nint)(*address), (nint)bytes);
        return Success;
    });

    public int MemFreeHost(void* address) => InContext(nameof(MemFreeHost), _ =>
    {
        if (!pinned.Remove((nint)address))
            return ErrorInvalidValue;
        NativeMemory.Free(address);
        return Success;
    });

    public int MemcpyHtoDAsync(ulong destination, void* source, nuint bytes, nint stream) => Call<EmulatedStream>(
        nameof(MemcpyHtoDAsync), stream, (of, context) =>
        {
            if (!context.Memory.Contains(destination, bytes))
                return ErrorInvalidValue;

            // Page-locked memory is read when the stream comes to it, other memory before the call returns.
            if (IsPinned(source, bytes))
                of.Add(() => CopyPinned(source, (void*)destination, source, bytes));
            else
                of.Add(Copied(new ReadOnlySpan<byte>(source, (int)bytes).ToArray(), destination));
            return Success;
        });

    public int MemcpyDtoHAsync(void* destination, ulong source, nuint bytes, nint stream) => Call<EmulatedStream>(
        nameof(MemcpyDtoHAsync), stream, (of, context) =>
        {
            if (!context.Memory.Contains(source, bytes))
                return ErrorInvalidValue;
            if (IsPinned(destination, bytes))
            {
                of.Add(() => CopyPinned((void*)source, destination, destination, bytes));
                return Success;
            }

            of.Add(() => Buffer.MemoryCopy((void*)source, destination, bytes, bytes));
            of.FinishAll();
            return Success;
        });

    public int MemcpyDtoDAsync(ulong destination, ulong source, nuint bytes, nint stream) => Call<EmulatedStream>(
        nameof(MemcpyDtoDAsync), stream, (of, context) =>
        {
            if (!context.Memory.Contains(source, bytes) || !context.Memory.Contains(destination, bytes))
                return ErrorInvalidValue;
            of.Add(() => Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes));
            return Success;
        });

    public int MemsetD8Async(ulong address, byte value, nuint count, nint stream) => Call<EmulatedStream>(
        nameof(MemsetD8Async), stream, (of, context) =>
        {
            if (!context.Memory.Contains(address, count))
                return ErrorInvalidValue;
            of.Add(() => NativeMemory.Fill((void*)address, count, value));
            return Success;
        });

    private static Action Copied(byte[] bytes, ulong destination) => () => bytes.CopyTo(new Span<byte>((void*)destination, bytes.Length));

    private static int Allocate(EmulatedContext context, ulong* address, nuint bytes)
    {
        if (bytes == 0)
            return ErrorInvalidValue;
        if (bytes > (nuint)Math.Max(0, Math.Min(context.Gpu.MemoryBytes, int.MaxValue) - context.Memory.Used))
            return ErrorOutOfMemory;
        *address = context.Memory.Allocate(bytes);
        return Success;
    }

    // A copy that is under way still when its buffer is freed reads or writes what has become someone else's.
    private void CopyPinned(void* source, void* destination, void* buffer, nuint bytes)
    {
        if (!IsPinned(buffer, bytes))
            throw new PtxFaultException($"a copy of {bytes} bytes from or to page-locked memory that has been freed");
        Buffer.MemoryCopy(source, destination, bytes, bytes);
    }

    private bool IsPinned(void* address, nuint bytes)
    {
        foreach ((nint start, nint length) in pinned)
        {
            if ((nint)address >= start && (nint)address + (nint)bytes <= start + length)
                return true;
        }

        return false;
    }

    private EmulatedStream? StreamOf(nint handle) => handles.TryGetValue(handle, out object? known) ? known as EmulatedStream : null;
}

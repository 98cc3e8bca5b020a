using static KernelFoundry.CudaNames;

namespace KernelFoundry;

/// <summary>
/// A ring of page-locked buffers that copies from and to ordinary memory go through. A write returns when its bytes are in the ring, and waits only
/// for buffers that are still under way; a read copies one part out while the next one is under way. One copy at a time.
/// </summary>
internal sealed unsafe class CudaStaging(CudaQueue queue)
{
    private const int Slots = 4;
    private const int SlotBytes = 1 << 20;

    private readonly Lock copying = new();
    private readonly nint[] events = new nint[Slots];
    private byte* buffer;
    private int next;

    public void Write(ulong destination, ReadOnlySpan<byte> source)
    {
        lock (copying)
        {
            using CudaScope scope = queue.Enter();
            Prepare();
            int parts = PartsOf(source.Length);
            for (int i = 0; i < parts; i++)
            {
                (int at, int length) = PartOf(source.Length, i);
                ReadOnlySpan<byte> part = source.Slice(at, length);
                byte* slot = Take(out nint done);
                part.CopyTo(new Span<byte>(slot, SlotBytes));
                queue.Require(queue.Driver.MemcpyHtoDAsync(destination + (ulong)at, slot, (nuint)part.Length, queue.Stream), "cuMemcpyHtoDAsync");
                queue.Require(queue.Driver.EventRecord(done, queue.Stream), "cuEventRecord");
            }
        }
    }

    public void Read(ulong source, Span<byte> destination)
    {
        lock (copying)
        {
            using CudaScope scope = queue.Enter();
            Prepare();
            int parts = PartsOf(destination.Length);
            int first = next;
            for (int part = 0; part < parts + 1; part++)
            {
                if (part < parts)
                {
                    (int at, int length) = PartOf(destination.Length, part);
                    byte* slot = Take(out nint done);
                    queue.Require(queue.Driver.MemcpyDtoHAsync(slot, source + (ulong)at, (nuint)length, queue.Stream), "cuMemcpyDtoHAsync");
                    queue.Require(queue.Driver.EventRecord(done, queue.Stream), "cuEventRecord");
                }

                if (part > 0)
                    CopyOut(part - 1, (first + part - 1) % Slots, destination);
            }
        }
    }

    /// <summary>Frees the ring; nothing may be under way.</summary>
    public void Free()
    {
        lock (copying)
        {
            if (buffer == null)
                return;
            using CudaScope scope = queue.TryEnter();
            if (scope.IsEntered)
                FreeHandles(buffer);
            buffer = null;
        }
    }

    /// <summary>How many buffers that many bytes go through.</summary>
    public static int PartsOf(int length) => (int)(((long)length + SlotBytes - 1) / SlotBytes);

    /// <summary>The bytes of one of them: the end of the last may be beyond what an int holds.</summary>
    public static (int At, int Length) PartOf(int length, int part) => (part * SlotBytes, Math.Min(SlotBytes, length - (part * SlotBytes)));

    private void CopyOut(int part, int slot, Span<byte> destination)
    {
        queue.Require(queue.Driver.EventSynchronize(events[slot]), "cuEventSynchronize");
        (int at, int length) = PartOf(destination.Length, part);
        new ReadOnlySpan<byte>(buffer + (slot * SlotBytes), length).CopyTo(destination[at..]);
    }

    private byte* Take(out nint done)
    {
        int slot = next;
        next = (next + 1) % Slots;
        done = events[slot];
        queue.Require(queue.Driver.EventSynchronize(done), "cuEventSynchronize");
        return buffer + (slot * SlotBytes);
    }

    private void Prepare()
    {
        if (buffer != null)
            return;
        void* allocated;
        queue.Require(queue.Driver.MemHostAlloc(&allocated, Slots * SlotBytes, 0), "cuMemHostAlloc");
        try
        {
            for (int i = 0; i < Slots; i++)
            {
                // An event that was never recorded counts as reached.
                nint created;
                queue.Require(queue.Driver.EventCreate(&created, EventDisableTiming), "cuEventCreate");
                events[i] = created;
            }
        }
        catch
        {
            FreeHandles(allocated);
            throw;
        }

        // Last: a ring without its events is none, and the next copy tries again.
        buffer = (byte*)allocated;
    }

    private void FreeHandles(void* allocated)
    {
        foreach (nint done in events)
        {
            if (done != 0)
                _ = queue.Driver.EventDestroy(done);
        }

        Array.Clear(events);
        _ = queue.Driver.MemFreeHost(allocated);
    }
}

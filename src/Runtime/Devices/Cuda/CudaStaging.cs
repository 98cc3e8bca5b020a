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
            for (int at = 0; at < source.Length; at += SlotBytes)
            {
                ReadOnlySpan<byte> part = source[at..Math.Min(at + SlotBytes, source.Length)];
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
            int parts = (destination.Length + SlotBytes - 1) / SlotBytes;
            int first = next;
            for (int part = 0; part < parts + 1; part++)
            {
                if (part < parts)
                {
                    int at = part * SlotBytes;
                    byte* slot = Take(out nint done);
                    int length = Math.Min(SlotBytes, destination.Length - at);
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
            using CudaScope scope = queue.Enter();
            foreach (nint done in events)
                _ = queue.Driver.EventDestroy(done);
            _ = queue.Driver.MemFreeHost(buffer);
            buffer = null;
        }
    }

    private void CopyOut(int part, int slot, Span<byte> destination)
    {
        queue.Require(queue.Driver.EventSynchronize(events[slot]), "cuEventSynchronize");
        Span<byte> target = destination[(part * SlotBytes)..];
        new ReadOnlySpan<byte>(buffer + (slot * SlotBytes), Math.Min(SlotBytes, target.Length)).CopyTo(target);
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
        buffer = (byte*)allocated;
        for (int i = 0; i < Slots; i++)
        {
            // An event that was never recorded counts as reached.
            nint created;
            queue.Require(queue.Driver.EventCreate(&created, EventDisableTiming), "cuEventCreate");
            events[i] = created;
        }
    }
}

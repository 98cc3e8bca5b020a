namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// Shared memory of one block. Every run of bytes that the kernel's narrowest access may touch remembers who wrote and who read it last, and when, so
/// that a race between two barriers, a read of what no thread of the block has written, and an access out of bounds are faults. A copy under way writes from when it starts to when it has
/// been waited for: until then its bytes are nobody's.
/// </summary>
internal sealed class PtxSharedMemory(int granule, uint start)
{
    private const ulong Many = 0xFFFF;

    // Barrier number << 32 | the warp's own << 16 | thread + 1.
    private ulong[] writers = [];
    private ulong[] readers = [];

    // The block's first barrier number << 32 | thread + 1 of a copy under way.
    private ulong[] copies = [];
    private byte[] bytes = [];

    // Products under way that read there, and since which barrier they may.
    private int[] products = [];
    private ulong[] visible = [];
    private ulong epoch = 1;
    private ulong firstEpoch = 1;

    public int Length { get; private set; }

    /// <summary>Starts a block: nothing is written.</summary>
    public void Start(int length)
    {
        Length = length;
        if (bytes.Length < length)
        {
            bytes = new byte[length];
            writers = new ulong[(length / granule) + 1];
            readers = new ulong[(length / granule) + 1];
            copies = new ulong[(length / granule) + 1];
            products = new int[(length / granule) + 1];
            visible = new ulong[(length / granule) + 1];
        }

        Array.Clear(products);
        Written?.Clear();

        // What an earlier block has left is there, as on hardware.
        firstEpoch = ++epoch;
    }

    /// <summary>Where each thread has written since its last fence of the asynchronous proxy; null where no instruction of that proxy reads.</summary>
    public Dictionary<int, List<int>>? Written { get; init; }

    /// <summary>All threads have met.</summary>
    public void Barrier() => epoch++;

    /// <summary>A thread's bytes to read.</summary>
    public ReadOnlySpan<byte> Read(uint address, int count, PtxWarp warp, int lane)
    {
        int at = At(address, count, warp, lane, "read");
        ulong thread = Stamp(warp, lane);
        for (int i = at / granule; i < (at + count + granule - 1) / granule; i++)
        {
            Free(warp, lane, i, "reads");
            if (writers[i] >> 32 < firstEpoch)
                throw warp.Fault(lane, $"reads shared memory at {i * granule}, which no thread of the block has written");
            if (IsRace(writers[i], thread))
                throw Race(warp, lane, i, "reads", "written", writers[i]);
            readers[i] = readers[i] >> 32 == epoch && readers[i] != thread ? thread | Many : thread;
        }

        return bytes.AsSpan(at, count);
    }

    /// <summary>A thread's bytes to write.</summary>
    public Span<byte> Write(uint address, int count, PtxWarp warp, int lane)
    {
        int at = At(address, count, warp, lane, "write");
        ulong thread = Stamp(warp, lane);
        for (int i = at / granule; i < (at + count + granule - 1) / granule; i++)
        {
            Claim(warp, lane, i, "writes", thread);
            if (Written is null)
                continue;
            if (!Written.TryGetValue(warp.FirstThread + lane, out List<int>? own))
                Written[warp.FirstThread + lane] = own = [];
            own.Add(i);
            visible[i] = 0;
        }

        return bytes.AsSpan(at, count);
    }

    /// <summary>fence.proxy.async of a thread: what it has written is visible to products after the next barrier.</summary>
    public void Fence(int thread)
    {
        if (Written is null || !Written.TryGetValue(thread, out List<int>? own))
            return;
        foreach (int i in own)
            visible[i] = epoch;
        own.Clear();
    }

    /// <summary>A product starts to read: hardware may read there until it has been waited for.</summary>
    public ReadOnlySpan<byte> StartProduct(uint address, int count, PtxWarp warp)
    {
        ReadOnlySpan<byte> read = Read(address, count, warp, 0);
        for (int i = (int)(address - start) / granule; i < ((int)(address - start) + count + granule - 1) / granule; i++)
        {
            if (visible[i] < firstEpoch || visible[i] == epoch)
                throw warp.Fault(0, $"multiplies shared memory at {i * granule}, which no fence.proxy.async of its writer and a barrier have made visible to it");
            products[i]++;
        }

        return read;
    }

    /// <summary>A product that read there has been waited for: it may have read just now.</summary>
    public void EndProduct(uint address, int count, PtxWarp warp)
    {
        for (int i = (int)(address - start) / granule; i < ((int)(address - start) + count + granule - 1) / granule; i++)
            products[i]--;
        _ = Read(address, count, warp, 0);
    }

    /// <summary>A copy to a thread's bytes starts: hardware may write them at any time from now on.</summary>
    public void StartCopy(uint address, int count, PtxWarp warp, int lane)
    {
        int at = At(address, count, warp, lane, "copy");
        ulong thread = Stamp(warp, lane);
        for (int i = at / granule; i < (at + count + granule - 1) / granule; i++)
        {
            Claim(warp, lane, i, "copies to", thread);
            copies[i] = (firstEpoch << 32) | (uint)(warp.FirstThread + lane + 1);
        }
    }

    /// <summary>A copy that was started has been waited for: the bytes to write.</summary>
    public Span<byte> EndCopy(uint address, int count, PtxWarp warp, int lane)
    {
        int at = At(address, count, warp, lane, "copy");
        for (int i = at / granule; i < (at + count + granule - 1) / granule; i++)
            copies[i] = 0;
        return Write(address, count, warp, lane);
    }

    /// <summary>Bytes for an atomic instruction, which races with others but not with its like.</summary>
    public Span<byte> Update(uint address, int count, PtxWarp warp, int lane)
    {
        int at = At(address, count, warp, lane, "update");
        for (int i = at / granule; i < (at + count + granule - 1) / granule; i++)
        {
            Free(warp, lane, i, "updates");
            if (writers[i] >> 32 < firstEpoch)
                throw warp.Fault(lane, $"updates shared memory at {i * granule}, which no thread of the block has written");
        }

        return bytes.AsSpan(at, count);
    }

    private ulong Stamp(PtxWarp warp, int lane) => (epoch << 32) | ((ulong)(warp.Meetings & 0xFFFF) << 16) | (uint)(warp.FirstThread + lane + 1);

    private void Claim(PtxWarp warp, int lane, int index, string does, ulong thread)
    {
        Free(warp, lane, index, does);
        if (products[index] > 0)
            throw warp.Fault(lane, $"{does} shared memory at {index * granule}, which a product reads that has not been waited for");
        if (IsRace(writers[index], thread))
            throw Race(warp, lane, index, does, "written", writers[index]);
        if (IsRace(readers[index], thread))
            throw Race(warp, lane, index, does, "read", readers[index]);
        writers[index] = thread;
    }

    private void Free(PtxWarp warp, int lane, int index, string does)
    {
        if (copies[index] >> 32 == firstEpoch)
            throw warp.Fault(lane, $"{does} shared memory at {index * granule}, where a copy of thread {(copies[index] & 0xFFFF) - 1} is under way that has not been waited for");
    }

    // Lanes of a warp that have met since are ordered.
    private bool IsRace(ulong last, ulong thread)
    {
        if (last >> 32 != epoch || last == thread)
            return false;
        ulong one = last & 0xFFFF, other = thread & 0xFFFF;
        return one == Many || (one - 1) / PtxWarp.Lanes != (other - 1) / PtxWarp.Lanes || ((last >> 16) & 0xFFFF) == ((thread >> 16) & 0xFFFF);
    }

    private PtxFaultException Race(PtxWarp warp, int lane, int index, string does, string done, ulong last) => warp.Fault(
        lane,
        $"{does} shared memory at {index * granule}, which {((last & 0xFFFF) == Many ? "other threads have" : $"thread {(last & 0xFFFF) - 1} has")} {done} "
        + "since the last barrier");

    private int At(uint address, int count, PtxWarp warp, int lane, string what)
    {
        if (address % count != 0)
            throw warp.Fault(lane, $"{what} of {count} bytes of shared memory at {(long)address - start}, which is not aligned to them");
        return address >= start && address - start <= (uint)(Length - count) && count <= Length
            ? (int)(address - start)
            : throw warp.Fault(lane, $"{what} of {count} bytes of shared memory at {(long)address - start}, and the block has {Length}");
    }
}

using System.Buffers;
using System.Runtime.ExceptionServices;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// One memory for all matrices that are copied to be multiplied, in the order of their use: in huge pages it is read faster, and what is asked for beyond the end of one
/// matrix is the beginning of the next.
/// </summary>
/// <param name="device">Where it is.</param>
/// <param name="byteLength">Room for all of them: the sum of <see cref="Room"/>.</param>
internal sealed class WeightArena(Device device, long byteLength)
{
    private const int Alignment = 64;

    // A thread keeps what it reads them into.
    private const int CopiedTogether = 1 << 17;
    private long _used;

    /// <summary>The memory; the caller disposes of it.</summary>
    public DeviceMemory Memory { get; } = device.AllocateBytes(byteLength);

    /// <summary>What a matrix of so many bytes takes.</summary>
    public static long Room(long byteLength) => checked(byteLength + Alignment - 1) / Alignment * Alignment;

    /// <summary>Packs a matrix of quantized rows.</summary>
    public Panels<T> Pack<T>(int rows, int columns, PanelSource source)
        where T : unmanaged => device.Pack<T>(rows, columns, source, Memory, Take(Panels.Bytes<T>(rows, columns)));

    /// <summary>Copies a matrix as it is.</summary>
    public View2<T> Copy<T>(int rows, int columns, PanelSource source)
        where T : unmanaged
    {
        long length = Element<T>.Bytes((long)rows * columns), first = Take(length);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, device.Info.ComputeUnits) };
        try
        {
            Parallel.For(0, (length + CopiedTogether - 1) / CopiedTogether, options, part => CopyPart(source, first, part * CopiedTogether, (int)Math.Min(CopiedTogether, length - (part * CopiedTogether))));
        }
        catch (AggregateException failed) when (failed.InnerException is { } reason)
        {
            // What failed first says why, not that something did on another thread.
            ExceptionDispatchInfo.Throw(reason);
            throw;
        }

        return new View2<T>(Memory, first, rows, columns);
    }

    private void CopyPart(PanelSource source, long first, long offset, int count)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            source(offset, bytes.AsSpan(0, count));
            Memory.Write(first + offset, bytes.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private long Take(long byteLength)
    {
        long first = _used;
        _used += Room(byteLength);
        return first;
    }
}

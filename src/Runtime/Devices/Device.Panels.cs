using System.Buffers;
using System.Runtime.ExceptionServices;

namespace KernelFoundry;

/// <summary>Reads bytes of a matrix of quantized rows that lie one after the other; several threads may do so at once.</summary>
/// <param name="byteOffset">The first byte's offset from the beginning of the matrix.</param>
/// <param name="destination">Receives the bytes, all of them.</param>
public delegate void PanelSource(long byteOffset, Span<byte> destination);

/// <content>Matrices in panels.</content>
public abstract partial class Device
{
    // Panels are read and written together as long as they have fewer bytes: few calls of the system, and what a thread reads them into, which stays its own, is small.
    private const long PackedTogether = 1 << 17;

    /// <summary>Copies a matrix of quantized rows into panels. <see cref="Panels{T}.Memory"/> of the result is what to dispose of.</summary>
    /// <typeparam name="T">The quantization format.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <returns>The matrix in panels, on this device.</returns>
    /// <exception cref="ArgumentException">The element type is no quantization format.</exception>
    public Panels<T> Pack<T>(View2<T> rows)
        where T : unmanaged
    {
        int count = rows.Extent0, columns = rows.Extent1;
        long length = Panels.PanelBytes<T>(columns) / Panels.Rows, stride = Element<T>.Bytes(rows.Stride0);
        return Pack<T>(count, columns, (offset, destination) =>
        {
            for (int at = 0; at < destination.Length; at += (int)length)
                rows.Memory!.Read(rows.ByteOffset + ((offset + at) / length * stride), destination.Slice(at, (int)length));
        });
    }

    /// <summary>Packs a matrix of quantized rows into panels. <see cref="Panels{T}.Memory"/> of the result is what to dispose of.</summary>
    /// <typeparam name="T">The quantization format.</typeparam>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns; a multiple of the block size.</param>
    /// <param name="source">Gives whole rows.</param>
    /// <returns>The matrix in panels, on this device.</returns>
    /// <exception cref="ArgumentException">The element type is no quantization format, or columns are no whole blocks.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public Panels<T> Pack<T>(int rows, int columns, PanelSource source)
        where T : unmanaged
    {
        DeviceMemory memory = AllocateBytes(Panels.Bytes<T>(rows, columns));
        try
        {
            return Pack<T>(rows, columns, source, memory, 0);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Packs a matrix of quantized rows into panels, in memory that is there already.</summary>
    /// <typeparam name="T">The quantization format.</typeparam>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns; a multiple of the block size.</param>
    /// <param name="source">Gives whole rows.</param>
    /// <param name="memory">Memory of this device, with room for <see cref="Panels.Bytes{T}"/> from the offset on.</param>
    /// <param name="byteOffset">Where the panels begin; best a multiple of 64.</param>
    /// <returns>The matrix in panels.</returns>
    /// <exception cref="ArgumentException">The element type is no quantization format, columns are no whole blocks, or the memory has no room.</exception>
    public Panels<T> Pack<T>(int rows, int columns, PanelSource source, DeviceMemory memory, long byteOffset)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(memory);
        var panels = new Panels<T>(memory, byteOffset, rows, columns);
        long panel = Panels.PanelBytes<T>(columns), count = (rows + (long)Panels.Rows - 1) / Panels.Rows;
        try
        {
            int together = (int)Math.Max(1, PackedTogether / Math.Max(1, panel));
            var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Info.ComputeUnits) };
            if (count > 0 && panel > 0)
                Parallel.For(0, (count + together - 1) / together, options, part => PackPart(panels, source, part * together, (int)Math.Min(together, count - (part * together))));
            return panels;
        }
        catch (AggregateException failed) when (failed.InnerException is { } reason)
        {
            // What failed first says why, not that something did on another thread.
            ExceptionDispatchInfo.Throw(reason);
            throw;
        }
    }

    private static void PackPart<T>(Panels<T> panels, PanelSource source, long first, int count)
        where T : unmanaged
    {
        int rows = panels.Extent0, columns = panels.Extent1;
        int panel = (int)Panels.PanelBytes<T>(columns), length = panel / Panels.Rows;
        byte[] read = ArrayPool<byte>.Shared.Rent(panel * count), packed = ArrayPool<byte>.Shared.Rent(panel * count);
        try
        {
            int last = (int)Math.Min((first + count) * Panels.Rows, rows);
            Span<byte> given = read.AsSpan(0, (last - (int)(first * Panels.Rows)) * length);
            source(first * panel, given);
            for (int i = 0; i < count; i++)
            {
                Span<byte> some = given[(i * panel)..Math.Min((i + 1) * panel, given.Length)];
                Panels.Pack<T>(some, columns, packed.AsSpan(i * panel, panel));
            }

            panels.Memory!.Write(panels.ByteOffset + (first * panel), packed.AsSpan(0, panel * count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(read);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}

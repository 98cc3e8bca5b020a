using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// The bytes of a model file at one fixed address: a read-only mapping or pinned memory. Every access is checked against the
/// length, whatever the parser has checked before.
/// </summary>
internal sealed unsafe class GgufContent : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeFileHandle? _handle;
    private MemoryHandle _pin;
    private byte* _start;
    private bool _disposed;

    /// <summary>Maps a file.</summary>
    public GgufContent(string path)
    {
        Name = path;
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            Length = stream.Length;
            if (Length == 0)
            {
                // An empty file cannot be mapped; the parser reports it like any other truncated header.
                stream.Dispose();
                return;
            }

            _handle = stream.SafeFileHandle;
            _map = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _start = start + _view.PointerOffset;
        }
        catch
        {
            _view?.Dispose();
            _map?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Pins memory for the lifetime of this object.</summary>
    public GgufContent(ReadOnlyMemory<byte> content, string name)
    {
        Name = name;
        Length = content.Length;
        _pin = content.Pin();
        _start = (byte*)_pin.Pointer;
    }

    /// <summary>The path or given name, for messages.</summary>
    public string Name { get; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Address of byte <paramref name="offset"/>, of which <paramref name="length"/> bytes will be read.</summary>
    public byte* Pointer(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(GgufFile));
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset}..+{length} lie outside a file of {Length} bytes.");
        return _start + offset;
    }

    /// <summary>A range of the file.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length) => new(Pointer(offset, length), length);

    /// <summary>Copies a range. It is read from the file, so that its pages do not become part of the process's memory, as those of the mapping do.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        byte* mapped = Pointer(offset, destination.Length);
        if (_handle is null)
        {
            new ReadOnlySpan<byte>(mapped, destination.Length).CopyTo(destination);
            return;
        }

        while (destination.Length > 0)
        {
            int count = RandomAccess.Read(_handle, destination, offset);
            if (count == 0)
                throw new EndOfStreamException($"{Name} ended at byte {offset} while it was read; it had {Length} bytes when it was opened.");
            offset += count;
            destination = destination[count..];
        }
    }

    /// <summary>Little-endian 32-bit value at any alignment.</summary>
    public uint UInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Span(offset, sizeof(uint)));

    /// <summary>Little-endian 64-bit value at any alignment.</summary>
    public ulong UInt64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(Span(offset, sizeof(ulong)));

    /// <summary>Text of the length-prefixed string at <paramref name="offset"/>; its length has been checked by the parser.</summary>
    public ReadOnlySpan<byte> Text(long offset) => Span(offset + sizeof(ulong), checked((int)UInt64(offset)));

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_view is not null && _start is not null)
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _start = null;
        _view?.Dispose();
        _map?.Dispose();
        _pin.Dispose();
    }
}

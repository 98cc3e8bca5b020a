using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// The bytes of a model file at one fixed address: a read-only mapping or pinned memory. Every access is checked against the
/// length, whatever the parser has checked before.
/// </summary>
internal sealed unsafe class GgufContent : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
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

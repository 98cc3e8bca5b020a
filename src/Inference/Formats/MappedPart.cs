using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace KernelFoundry.Inference.Formats;

/// <summary>A whole file, mapped for reading: of any length, whatever the memory. The file must not be cut short meanwhile.</summary>
internal sealed unsafe class MappedPart : ContentPart
{
    private readonly string _path;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeFileHandle? _handle;
    private byte* _start;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public MappedPart(string path)
    {
        _path = path;
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
            _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
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

    public override long Length { get; }

    public override byte* Start => _start;

    /// <summary>Reads from the file, so that its pages do not become part of the process's memory, as those of the mapping do.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    public override void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int count = RandomAccess.Read(_handle!, destination, offset);
            if (count == 0)
                throw new EndOfStreamException($"{_path} ended at byte {offset} while it was read; it had {Length} bytes when it was opened.");
            offset += count;
            destination = destination[count..];
        }
    }

    public override void Dispose()
    {
        if (_view is not null && _start is not null)
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _start = null;
        _view?.Dispose();
        _map?.Dispose();
    }
}

using System.Buffers.Binary;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// The bytes of a model file: of one mapping or memory, or put together of several, each extent of them at a fixed address. Every access is
/// checked against the extents, whatever the parser has checked before.
/// </summary>
internal sealed unsafe class GgufContent : IDisposable
{
    private readonly Extent[] _extents;
    private readonly IReadOnlyList<IDisposable> _owned;
    private readonly byte* _first;
    private readonly long _firstLength;
    private bool _disposed;

    /// <summary>Maps a file.</summary>
    public GgufContent(string path)
        : this(new MappedPart(path), path)
    {
    }

    /// <summary>Pins memory for the lifetime of this object.</summary>
    public GgufContent(ReadOnlyMemory<byte> content, string name)
        : this(new PinnedPart(content), name)
    {
    }

    /// <summary>Puts extents together.</summary>
    /// <param name="name">What messages call them.</param>
    /// <param name="length">Length of all, up to the last extent's end at least; what no extent covers cannot be read.</param>
    /// <param name="extents">By rising start, apart from each other; the first begins at 0.</param>
    /// <param name="owned">What is disposed of with this.</param>
    public GgufContent(string name, long length, Extent[] extents, IReadOnlyList<IDisposable> owned)
    {
        (Name, Length, _extents, _owned) = (name, length, extents, owned);
        _first = extents[0].Part.Start + extents[0].From;
        _firstLength = extents[0].Length;
    }

    private GgufContent(ContentPart part, string name)
        : this(name, part.Length, [new Extent(0, part, 0, part.Length)], [part])
    {
    }

    /// <summary>The path or given name, for messages.</summary>
    public string Name { get; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Address of byte <paramref name="offset"/>, of which <paramref name="length"/> bytes will be read.</summary>
    public byte* Pointer(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(GgufFile));
        if (offset >= 0 && length >= 0 && offset <= _firstLength && length <= _firstLength - offset)
            return _first + offset;
        Extent extent = Find(offset, length);
        return extent.Part.Start + extent.From + (offset - extent.Start);
    }

    /// <summary>A range of the file.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length) => new(Pointer(offset, length), length);

    /// <summary>Copies a range. It is read from the file, so that its pages do not become part of the process's memory, as those of the mapping do.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(GgufFile));
        Extent extent = Find(offset, destination.Length);
        extent.Part.Read(extent.From + (offset - extent.Start), destination);
    }

    /// <summary>Gives back memory that the bytes at <paramref name="offset"/> can be made again without; addresses in it are no longer valid.</summary>
    public void Release(long offset) => Find(offset, 0).Part.Release();

    /// <summary>Little-endian 32-bit value at any alignment.</summary>
    public uint UInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Span(offset, sizeof(uint)));

    /// <summary>Little-endian 64-bit value at any alignment.</summary>
    public ulong UInt64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(Span(offset, sizeof(ulong)));

    /// <summary>Text of the length-prefixed string at <paramref name="offset"/>; its length has been checked by the parser.</summary>
    public ReadOnlySpan<byte> Text(long offset) => Span(offset + sizeof(ulong), checked((int)UInt64(offset)));

    /// <summary>What a range lies in, so that it can be part of another content.</summary>
    public Extent Find(long offset, long length)
    {
        int low = 0, high = _extents.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_extents[middle].Start <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        Extent found = _extents[low];
        if (offset < found.Start || length < 0 || offset - found.Start > found.Length || length > found.Length - (offset - found.Start))
            throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset}..+{length} lie outside a file of {Length} bytes.");
        return found;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    /// <summary>A range of the content, and where its bytes are.</summary>
    /// <param name="Start">Where it begins in the content.</param>
    /// <param name="Part">What it is taken from.</param>
    /// <param name="From">Where it begins there.</param>
    /// <param name="Length">Its bytes.</param>
    public readonly record struct Extent(long Start, ContentPart Part, long From, long Length);
}

using System.Buffers.Binary;

namespace KernelFoundry.Inference.Formats.Safetensors;

/// <summary>
/// A safetensors file, memory-mapped and used in place. Everything in its header is checked when it is opened; whatever is wrong is an
/// <see cref="InvalidModelException"/>. Format: the safetensors project's README, "Format".
/// </summary>
/// <remarks>Reading is safe from many threads. Spans must not be used after <see cref="Dispose"/>, and the file must not be cut short while it is open.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    // What the format's own implementation allows.
    private const long MaximumHeaderBytes = 100_000_000;
    private readonly ContentPart _part;
    private readonly Dictionary<string, SafetensorsTensor> _byName = new(StringComparer.Ordinal);

    /// <summary>Reads content in memory, which is pinned until <see cref="Dispose"/>.</summary>
    /// <param name="content">A whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidModelException">The content is not a readable safetensors file.</exception>
    public SafetensorsFile(ReadOnlyMemory<byte> content, string name = "memory")
        : this(new PinnedPart(content), name)
    {
    }

    private SafetensorsFile(ContentPart part, string name)
    {
        (_part, Name) = (part, name);
        try
        {
            var header = SafetensorsHeader.Read(Header(out long dataStart), dataStart, part, name);
            (Metadata, Tensors) = (header.Metadata, header.Tensors);
            foreach (var tensor in Tensors)
                _byName.Add(tensor.Name, tensor);
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Path of the file, or the name given to content in memory.</summary>
    public string Name { get; }

    /// <summary>Length of the file in bytes.</summary>
    public long Length => _part.Length;

    /// <summary>The texts under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>Maps the file at <paramref name="path"/>.</summary>
    /// <exception cref="InvalidModelException">The file is not a readable safetensors file.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SafetensorsFile Open(string path) => new(new MappedPart(path), path);

    /// <summary>The tensor called <paramref name="name"/>, or null.</summary>
    public SafetensorsTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Unmaps the file or unpins the memory.</summary>
    public void Dispose() => _part.Dispose();

    private unsafe ReadOnlySpan<byte> Header(out long dataStart)
    {
        if (_part.Length < sizeof(ulong))
            throw new InvalidModelException(Name, "the length of the header", $"cut off: the file has {_part.Length} bytes", $"{sizeof(ulong)} bytes");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_part.Start, sizeof(ulong)));
        long most = Math.Min(_part.Length - sizeof(ulong), MaximumHeaderBytes);
        if (length < 2 || length > (ulong)most)
            throw new InvalidModelException(Name, "the length of the header", $"{length}", $"2 to {most} bytes, of a file of {_part.Length}");
        dataStart = sizeof(ulong) + (long)length;
        return new ReadOnlySpan<byte>(_part.Start + sizeof(ulong), (int)length);
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace KernelFoundry.Inference.Formats;

/// <summary>
/// A GGUF model file, version 2 or 3, little-endian: metadata and tensors, memory-mapped and used in place. Everything in the
/// file is checked when it is opened, at a cost in memory smaller than the file; whatever is wrong is an
/// <see cref="InvalidModelException"/>. Format: the GGUF specification of the ggml project (docs/gguf.md).
/// </summary>
/// <remarks>
/// Reading is safe from many threads. Spans and pointers into the file must not be used after <see cref="Dispose"/>, and the
/// file on disk must not be cut short while it is open.
/// </remarks>
public sealed class GgufFile : IDisposable
{
    private const int DefaultAlignment = 32;
    private const int MinimumAlignment = 8;
    private const int MaximumAlignment = 1 << 21;
    private readonly GgufContent _content;

    /// <summary>Reads content in memory, which is pinned until <see cref="Dispose"/>.</summary>
    /// <param name="content">A whole GGUF file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidModelException">The content is not a readable GGUF file.</exception>
    public GgufFile(ReadOnlyMemory<byte> content, string name = "memory")
        : this(new GgufContent(content, name))
    {
    }

    internal GgufFile(GgufContent content)
    {
        _content = content;
        try
        {
            var cursor = new GgufCursor(content);
            Version = ReadVersion(ref cursor);
            int tensorCount = cursor.ReadCount("the tensor count", GgufTensors.MinimumEntryBytes);
            int metadataCount = cursor.ReadCount("the metadata count", GgufMetadata.MinimumEntryBytes);
            Metadata = new GgufMetadata(content, ref cursor, metadataCount);
            Alignment = ReadAlignment();
            Tensors = new GgufTensors(content, ref cursor, tensorCount, Alignment);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>Path of the file, or the name given to content in memory.</summary>
    public string Name => _content.Name;

    /// <summary>Length of the file in bytes.</summary>
    public long Length => _content.Length;

    /// <summary>Version of the format, 2 or 3.</summary>
    public int Version { get; }

    /// <summary>What tensor offsets are multiples of, in bytes.</summary>
    public int Alignment { get; }

    /// <summary>The metadata.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>The tensors.</summary>
    public GgufTensors Tensors { get; }

    /// <summary>
    /// Maps the file at <paramref name="path"/>; where it is one of several that hold a model together (<c>NAME-00001-of-00003.gguf</c>),
    /// all of them, as one file.
    /// </summary>
    /// <exception cref="InvalidModelException">The file is not a readable GGUF file, or others that belong to it are missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static GgufFile Open(string path)
    {
        CheckKind(path);
        var file = new GgufFile(new GgufContent(path));
        try
        {
            return GgufShards.IsOneOfSeveral(file) ? GgufShards.Join(path, file) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // What is meant is a folder with safetensors, which is none of this format's, or not one yet.
    private static void CheckKind(string path)
    {
        const string expected = "a GGUF file, or a folder with model.safetensors or model.safetensors.index.json, config.json and tokenizer.json or tokenizer.model";
        if (Directory.Exists(path))
            throw new InvalidModelException(path, "the folder", "without safetensors", expected);
        if (Path.GetExtension(path) == ".safetensors" && File.Exists(path))
            throw new InvalidModelException(path, "the file", "part of a folder", $"{expected}, by the folder's path");
    }

    /// <summary>Unmaps the file or unpins the memory.</summary>
    public void Dispose() => _content.Dispose();

    private int ReadVersion(ref GgufCursor cursor)
    {
        uint magic = cursor.ReadUInt32("the magic");
        if (magic != BinaryPrimitives.ReadUInt32LittleEndian("GGUF"u8))
            throw cursor.Error("the magic", InvalidModelException.Quote(_content.Span(0, sizeof(uint))), "'GGUF'");
        uint version = cursor.ReadUInt32("the version");
        uint reversed = BinaryPrimitives.ReverseEndianness(version);
        if (reversed is >= 1 and <= ushort.MaxValue)
            throw cursor.Error("the version", $"{reversed} in big-endian order, so this is a big-endian file", "a little-endian file");

        return version is 2 or 3 ? (int)version : throw cursor.Error("the version", $"{version}", "2 or 3");
    }

    private int ReadAlignment()
    {
        const string key = "general.alignment";
        if (!Metadata.TryGetUInt32(key, out uint alignment))
            return DefaultAlignment;
        return BitOperations.IsPow2(alignment) && alignment is >= MinimumAlignment and <= MaximumAlignment
            ? (int)alignment
            : throw Metadata.GetValue(key).Error($"{alignment}", $"a power of two from {MinimumAlignment} to {MaximumAlignment}");
    }
}

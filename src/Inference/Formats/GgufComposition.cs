namespace KernelFoundry.Inference.Formats;

/// <summary>
/// Puts a GGUF file together without writing it: a header in memory, and tensors whose data stays where it is. Everything that takes a
/// <see cref="GgufFile"/> takes it; written out by a <see cref="GgufWriter"/>, it is the same file.
/// </summary>
internal sealed class GgufComposition
{
    private readonly List<(ContentPart Part, long From, long Length)> _data = [];

    /// <summary>Takes the metadata.</summary>
    public GgufWriter Header { get; } = new();

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name, which no other has.</param>
    /// <param name="dimensions">Its dimensions, the length of a row first.</param>
    /// <param name="type">Its storage type.</param>
    /// <param name="part">What holds its data.</param>
    /// <param name="from">Where the data begins in there.</param>
    public void Add(string name, ReadOnlySpan<long> dimensions, GgmlType type, ContentPart part, long from)
    {
        Header.AddTensor(name, dimensions, type);
        long elements = 1;
        foreach (long dimension in dimensions)
            elements = checked(elements * dimension);
        var layout = GgmlTypeLayout.Of(type);
        _data.Add((part, from, elements / layout.BlockSize * layout.BlockBytes));
    }

    /// <summary>The file.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="owned">What is disposed of with it.</param>
    public GgufFile Open(string name, IEnumerable<IDisposable> owned)
    {
        byte[] header = Header.Header(out long[] offsets);
        var start = new PinnedPart(header);
        var extents = new GgufContent.Extent[1 + _data.Count];
        extents[0] = new GgufContent.Extent(0, start, 0, header.Length);
        for (int i = 0; i < _data.Count; i++)
            extents[i + 1] = new GgufContent.Extent(offsets[i], _data[i].Part, _data[i].From, _data[i].Length);
        long length = extents[^1].Start + extents[^1].Length;
        return new GgufFile(new GgufContent(name, length, extents, [start, .. owned]));
    }
}

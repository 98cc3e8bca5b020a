using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// Token embeddings that stay in the file, on a device that shares the host's memory: the rows that tokens name are read into a small window, so that the table,
/// of which other rows are touched with every text, does not become part of the process's memory.
/// </summary>
internal sealed class EmbeddingsInFile : LookedUpMatrix
{
    private const int WindowRows = 64;

    private readonly GgufTensor _tensor;
    private readonly int _rowBytes;
    private readonly byte[] _bytes;
    private readonly int[] _tokens = new int[WindowRows];
    private readonly View1<int> _numbers;
    private readonly WeightMatrix _window;

    /// <summary>Embeddings.</summary>
    /// <param name="device">The device.</param>
    /// <param name="rows">How many.</param>
    /// <param name="columns">Their length.</param>
    /// <param name="tensor">The tensor, [rows, columns].</param>
    public EmbeddingsInFile(Device device, int rows, int columns, GgufTensor tensor)
        : base(rows, columns)
    {
        _tensor = tensor;
        _rowBytes = checked((int)tensor.RowBytes);
        _bytes = new byte[checked(WindowRows * _rowBytes)];
        _numbers = device.Upload<int>([.. Enumerable.Range(0, WindowRows)]);
        DeviceMemory window = device.Pin(_bytes);
        _window = WeightFormats.Create(tensor.Type, device, new WeightPlace(window, 0, WindowRows, columns, null, null));
        Memories = [_numbers.Memory!, window];
    }

    /// <summary>What is to be disposed of.</summary>
    public IReadOnlyList<DeviceMemory> Memories { get; }

    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    public override void Embed(Device device, View1<int> tokens, View2<float> y, float scale)
    {
        for (int first = 0; first < tokens.Extent0; first += WindowRows)
        {
            int count = Math.Min(WindowRows, tokens.Extent0 - first);
            tokens.Slice(first, count).CopyTo(_tokens.AsSpan(0, count));
            for (int i = 0; i < count; i++)
                _tensor.Read((long)_tokens[i] * _rowBytes, _bytes.AsSpan(i * _rowBytes, _rowBytes));
            _window.Embed(device, _numbers.Slice(0, count), y.Slice(0, first, count), scale);
        }
    }
}

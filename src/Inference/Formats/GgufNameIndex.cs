namespace KernelFoundry.Inference.Formats;

/// <summary>
/// Finds metadata entries or tensors by name. Only positions are held, ordered by the names in the file, so that the index is
/// smaller than what it indexes and no choice of names makes it slow.
/// </summary>
internal sealed class GgufNameIndex
{
    private readonly GgufContent _content;
    private readonly long[] _positions;
    private readonly int[] _order;

    /// <param name="content">The file.</param>
    /// <param name="positions">Where each entry begins, with its length-prefixed name.</param>
    public GgufNameIndex(GgufContent content, long[] positions)
    {
        _content = content;
        _positions = positions;
        _order = new int[positions.Length];
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
        _order.AsSpan().Sort(new NameOrder(content, positions));
    }

    public int Count => _positions.Length;

    /// <summary>Where entry <paramref name="index"/> (in file order) begins.</summary>
    public long Position(int index) => _positions[index];

    /// <summary>File-order index of the entry called <paramref name="name"/>, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        int low = 0, high = _order.Length - 1;
        while (low <= high)
        {
            int middle = (int)((uint)(low + high) / 2);
            int order = _content.Text(_positions[_order[middle]]).SequenceCompareTo(name);
            if (order == 0)
                return _order[middle];
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }

    /// <summary>An entry whose name another entry has too, or -1.</summary>
    public int FindDuplicate()
    {
        for (int i = 1; i < _order.Length; i++)
        {
            if (_content.Text(_positions[_order[i - 1]]).SequenceEqual(_content.Text(_positions[_order[i]])))
                return _order[i];
        }

        return -1;
    }

    private readonly struct NameOrder(GgufContent content, long[] positions) : IComparer<int>
    {
        public int Compare(int x, int y) => content.Text(positions[x]).SequenceCompareTo(content.Text(positions[y]));
    }
}

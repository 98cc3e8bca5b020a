namespace KernelFoundry.Training.Data;

/// <summary>
/// Fills batches with documents in a random order, without padding. A document longer than the context is cut into pieces, and one that does not fit into the
/// rest of a batch goes on in the next.
/// </summary>
internal sealed class PackedSampler
{
    private readonly TokenizedDocuments _documents;
    private readonly int _context;
    private readonly uint _seed;
    private readonly int[] _order;
    private DataCursor _cursor;

    public PackedSampler(TokenizedDocuments documents, int context, uint seed, DataCursor cursor = default)
    {
        _documents = documents;
        _context = context;
        _seed = seed;
        _order = new int[documents.Count];
        _cursor = cursor;
        Shuffle.Fill(_order, seed, cursor.Epoch);
        bool isThere = cursor.Epoch >= 0 && (uint)cursor.Document < (uint)documents.Count && (uint)cursor.Offset < (uint)documents[_order[cursor.Document]].Length;
        if (!isThere)
            throw new ArgumentOutOfRangeException(nameof(cursor), cursor, "There is no such place in the documents.");
    }

    /// <summary>Where the next batch begins.</summary>
    public DataCursor Cursor => _cursor;

    /// <summary>Fills a batch.</summary>
    public void Fill(TokenBatch batch)
    {
        batch.Clear();
        for (int at = 0; at < batch.Length;)
        {
            ReadOnlySpan<int> document = _documents[_order[_cursor.Document]];
            int length = Math.Min(Math.Min(document.Length - _cursor.Offset, _context), batch.Length - at);
            int end = _cursor.Offset + length;
            batch.Put(at, document[_cursor.Offset..end], end < document.Length ? document[end] : -1);
            at += length;
            Advance(end, document.Length);
        }
    }

    private void Advance(int end, int length)
    {
        if (end < length)
        {
            _cursor = _cursor with { Offset = end };
            return;
        }

        _cursor = new DataCursor(_cursor.Epoch, _cursor.Document + 1, 0);
        if (_cursor.Document == _order.Length)
        {
            _cursor = new DataCursor(_cursor.Epoch + 1, 0, 0);
            Shuffle.Fill(_order, _seed, _cursor.Epoch);
        }
    }
}

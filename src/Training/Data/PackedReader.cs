namespace KernelFoundry.Training.Data;

/// <summary>Fills batches with documents in their order, once, to measure a loss.</summary>
internal sealed class PackedReader(TokenizedDocuments documents, int context, long most)
{
    private long _left = most == 0 ? long.MaxValue : most;
    private int _document;
    private int _offset;

    /// <summary>Fills a batch, as far as there are documents.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Fill(TokenBatch batch)
    {
        batch.Clear();
        int at = 0;
        while (at < batch.Length && _document < documents.Count && _left > 0)
        {
            ReadOnlySpan<int> document = documents[_document];
            int length = (int)Math.Min(Math.Min(document.Length - _offset, context), Math.Min(batch.Length - at, _left)), end = _offset + length;
            batch.Put(at, document[_offset..end], end < document.Length ? document[end] : -1);
            at += length;
            _left -= length;
            (_document, _offset) = end < document.Length ? (_document, end) : (_document + 1, 0);
        }

        batch.Pad(at);
        return at > 0;
    }
}

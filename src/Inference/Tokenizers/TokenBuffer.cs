using System.Buffers;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>Takes the tokens of a text and, where asked for, the place in the normalized text that each ends at. For one thread.</summary>
/// <param name="withEnds">Keep the ends.</param>
internal sealed class TokenBuffer(bool withEnds) : IDisposable
{
    private int[] _ids = ArrayPool<int>.Shared.Rent(256);
    private int[] _ends = withEnds ? ArrayPool<int>.Shared.Rent(256) : [];

    /// <summary>Tokens so far.</summary>
    public int Count { get; private set; }

    /// <summary>Where the piece being encoded begins in the normalized text.</summary>
    public int PieceStart { get; set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>The ends; empty where they are not kept.</summary>
    public Span<int> Ends => _ends.AsSpan(0, withEnds ? Count : 0);

    /// <summary>Adds a token that ends so many bytes after the beginning of the piece.</summary>
    public void Add(int id, int end)
    {
        int count = Count;
        if (count == _ids.Length || (withEnds && count == _ends.Length))
            Grow();
        _ids[count] = id;
        if (withEnds)
            _ends[count] = PieceStart + end;
        Count = count + 1;
    }

    /// <summary>The last token takes in what follows it, up to here.</summary>
    public void ExtendLast(int end)
    {
        if (withEnds)
            _ends[Count - 1] = PieceStart + end;
    }

    /// <summary>Takes back the tokens after the first so many.</summary>
    public void Truncate(int count) => Count = count;

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_ids);
        if (withEnds)
            ArrayPool<int>.Shared.Return(_ends);
        (_ids, _ends, Count) = ([], [], 0);
    }

    private void Grow()
    {
        Replace(ref _ids);
        if (withEnds)
            Replace(ref _ends);

        void Replace(ref int[] array)
        {
            int[] larger = ArrayPool<int>.Shared.Rent(Math.Max(256, 2 * array.Length));
            array.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<int>.Shared.Return(array);
            array = larger;
        }
    }
}

using System.Buffers;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>
/// Byte-pair encoding (Sennrich, Haddow and Birch 2016): of all neighbours that merge, those of the lowest rank do first, the leftmost of
/// equals. Short pieces look through all pairs for each merge; long ones keep a heap, which is O(n log n).
/// </summary>
internal static class SymbolMerger
{
    // Where a heap begins to pay.
    private const int LongPiece = 48;

    /// <summary>Merges symbols in place.</summary>
    /// <param name="merges">What merges.</param>
    /// <param name="ids">The symbols; negative ones merge with nothing.</param>
    /// <param name="ends">Where each ends in the piece.</param>
    /// <returns>How many are left, at the front of both.</returns>
    public static int Merge(MergeTable merges, Span<int> ids, Span<int> ends) =>
        ids.Length <= LongPiece ? MergeShort(merges, ids, ends) : MergeLong(merges, ids, ends);

    private static int MergeShort(MergeTable merges, Span<int> ids, Span<int> ends)
    {
        int count = ids.Length;
        if (count < 2)
            return count;
        Span<int> ranks = stackalloc int[LongPiece], merged = stackalloc int[LongPiece];
        for (int i = 0; i < count - 1; i++)
            ranks[i] = merges.Find(ids[i], ids[i + 1], out merged[i]);
        while (true)
        {
            int best = 0, rank = ranks[0];
            for (int i = 1; i < count - 1; i++)
            {
                if (ranks[i] < rank)
                    (best, rank) = (i, ranks[i]);
            }

            if (rank == MergeTable.None)
                return count;
            ids[best] = merged[best];
            count--;
            int tail = count - best - 1;
            ends.Slice(best + 1, tail + 1).CopyTo(ends[best..]);
            ids.Slice(best + 2, tail).CopyTo(ids[(best + 1)..]);
            if (tail > 0)
            {
                ranks.Slice(best + 1, tail).CopyTo(ranks[best..]);
                merged.Slice(best + 1, tail).CopyTo(merged[best..]);
                ranks[best] = merges.Find(ids[best], ids[best + 1], out merged[best]);
            }

            if (best > 0)
                ranks[best - 1] = merges.Find(ids[best - 1], ids[best], out merged[best - 1]);
            if (count == 1)
                return 1;
        }
    }

    private static int MergeLong(MergeTable merges, Span<int> ids, Span<int> ends)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(checked(4 * ids.Length));
        var links = new Links(rented, ids.Length);
        var heap = new RankHeap(ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            links.Next[i] = i + 1;
            links.Previous[i] = i - 1;
        }

        for (int i = 0; i < ids.Length - 1; i++)
            Offer(merges, ids, links, heap, i);
        while (heap.TryTake(out int rank, out int at))
        {
            // Merges since may have changed the pair that begins here, or taken its first symbol away.
            if (links.Ranks[at] != rank)
                continue;
            int right = links.Next[at], after = links.Next[right];
            ids[at] = links.Merged[at];
            links.Ranks[right] = MergeTable.None;
            links.Next[at] = after;
            ends[at] = ends[right];
            if (after < ids.Length)
                links.Previous[after] = at;
            Offer(merges, ids, links, heap, at);
            if (links.Previous[at] >= 0)
                Offer(merges, ids, links, heap, links.Previous[at]);
        }

        int count = 0;
        for (int i = 0; i < ids.Length; i = links.Next[i])
        {
            ids[count] = ids[i];
            ends[count++] = ends[i];
        }

        heap.Dispose();
        ArrayPool<int>.Shared.Return(rented);
        return count;
    }

    private static void Offer(MergeTable merges, ReadOnlySpan<int> ids, Links links, RankHeap heap, int at)
    {
        int next = links.Next[at];
        int rank = next < ids.Length ? merges.Find(ids[at], ids[next], out links.Merged[at]) : MergeTable.None;
        links.Ranks[at] = rank;
        if (rank != MergeTable.None)
            heap.Add(rank, at);
    }

    private readonly ref struct Links(int[] memory, int count)
    {
        public readonly Span<int> Next = memory.AsSpan(0, count);
        public readonly Span<int> Previous = memory.AsSpan(count, count);
        public readonly Span<int> Ranks = memory.AsSpan(2 * count, count);
        public readonly Span<int> Merged = memory.AsSpan(3 * count, count);
    }
}

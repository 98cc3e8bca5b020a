using System.Numerics;
using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>Which two symbols merge, into which, and how early: a hash table by pair. The lowest rank merges first.</summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int None = int.MaxValue;

    // Keyed afresh in every process, so that no file can be made whose pairs collide on purpose.
    private static readonly ulong s_multiplier = HashKey.Draw() | 1;
    private readonly int _shift;
    private Entry[] _entries;
    private int _count;

    /// <summary>An empty table with room for so many pairs.</summary>
    public MergeTable(int capacity)
    {
        uint size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, capacity + (capacity / 2)));
        _entries = new Entry[size];
        _shift = 64 - BitOperations.Log2(size);
    }

    /// <summary>Number of pairs.</summary>
    public int Count => _count;

    /// <summary>Adds a pair; one that is there stays as it is.</summary>
    public void Add(int left, int right, int rank, int merged)
    {
        ref Entry entry = ref Slot(left, right);
        if (entry.Key != 0)
            return;
        if (++_count == _entries.Length)
            throw new InvalidOperationException("The merge table is full.");
        entry = new Entry { Key = Key(left, right), Rank = rank, Merged = merged };
    }

    /// <summary>The rank of a pair, or <see cref="None"/>; negative symbols merge with nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int left, int right, out int merged)
    {
        merged = -1;
        if ((left | right) < 0)
            return None;
        ref Entry entry = ref Slot(left, right);
        merged = entry.Merged;
        return entry.Key == 0 ? None : entry.Rank;
    }

    /// <summary>The pairs, lowest rank first.</summary>
    public IReadOnlyList<(int Left, int Right)> InOrder() =>
        [.. _entries.Where(entry => entry.Key != 0).OrderBy(entry => entry.Rank)
            .Select(entry => ((int)((entry.Key - 1) >> 32), (int)(uint)(entry.Key - 1)))];

    private static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry Slot(int left, int right)
    {
        ulong key = Key(left, right);
        int mask = _entries.Length - 1;
        int slot = (int)((key * s_multiplier) >> _shift);
        while (_entries[slot].Key != 0 && _entries[slot].Key != key)
            slot = (slot + 1) & mask;
        return ref _entries[slot];
    }

    private struct Entry
    {
        public ulong Key;
        public int Rank;
        public int Merged;
    }
}

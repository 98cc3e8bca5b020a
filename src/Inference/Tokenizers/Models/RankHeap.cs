using System.Buffers;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>A heap of pairs that merge: lowest rank first, then leftmost. Four children a node, which misses the cache less than two.</summary>
internal sealed class RankHeap(int capacity) : IDisposable
{
    private const int Children = 4;
    private ulong[] _keys = ArrayPool<ulong>.Shared.Rent(capacity);
    private int _count;

    public void Add(int rank, int at)
    {
        if (_count == _keys.Length)
            Grow();
        ulong key = ((ulong)(uint)rank << 32) | (uint)at;
        int hole = _count++;
        while (hole > 0)
        {
            int parent = (hole - 1) / Children;
            if (_keys[parent] <= key)
                break;
            _keys[hole] = _keys[parent];
            hole = parent;
        }

        _keys[hole] = key;
    }

    public bool TryTake(out int rank, out int at)
    {
        if (_count == 0)
        {
            (rank, at) = (0, 0);
            return false;
        }

        (rank, at) = ((int)(_keys[0] >> 32), (int)(uint)_keys[0]);
        ulong last = _keys[--_count];
        int hole = 0;
        for (int first = 1; first < _count; first = (Children * hole) + 1)
        {
            int least = first;
            for (int child = first + 1; child < Math.Min(first + Children, _count); child++)
                least = _keys[child] < _keys[least] ? child : least;
            if (_keys[least] >= last)
                break;
            _keys[hole] = _keys[least];
            hole = least;
        }

        _keys[hole] = last;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_keys);
        (_keys, _count) = ([], 0);
    }

    private void Grow()
    {
        ulong[] larger = ArrayPool<ulong>.Shared.Rent(2 * _keys.Length);
        _keys.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<ulong>.Shared.Return(_keys);
        _keys = larger;
    }
}

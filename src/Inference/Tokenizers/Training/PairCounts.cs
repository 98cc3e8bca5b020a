using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Tokenizers.Training;

/// <summary>
/// How often each pair of neighbours occurs in a text, and where. The most frequent is found by a queue whose entries are checked when
/// they come up, so that a count that falls costs nothing until then.
/// </summary>
internal sealed class PairCounts
{
    private readonly Dictionary<(int Left, int Right), int> _numbers = [];
    private readonly List<Pair> _pairs = [];
    private readonly PriorityQueue<int, (long Count, int Left, int Right)> _queue = new();

    /// <summary>Adds to a pair's count, and notes where it begins.</summary>
    public void Add(int left, int right, long count, int position)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, (left, right), out bool isKnown);
        if (!isKnown)
        {
            number = _pairs.Count;
            _pairs.Add(new Pair(left, right));
        }

        var pair = _pairs[number];
        pair.Count += count;
        pair.Positions!.Add(position);
    }

    /// <summary>Takes from a pair's count; the place stays noted.</summary>
    public void Remove(int left, int right, long count) => _pairs[_numbers[(left, right)]].Count -= count;

    /// <summary>Puts the pairs that were added since the last call into the queue.</summary>
    /// <param name="from">Number of pairs then.</param>
    /// <returns>Number of pairs now.</returns>
    public int EnqueueNew(int from)
    {
        for (int i = from; i < _pairs.Count; i++)
            Enqueue(i);
        return _pairs.Count;
    }

    /// <summary>Takes the most frequent pair; of equals, the one of the lowest left symbol, then the lowest right one.</summary>
    /// <param name="pair">The pair; its positions rise, and some may hold it no longer.</param>
    public bool TryTake(out (int Left, int Right, long Count, List<int> Positions) pair)
    {
        while (_queue.TryDequeue(out int number, out var key))
        {
            var found = _pairs[number];
            if (found.Count == -key.Count)
            {
                pair = (found.Left, found.Right, found.Count, found.Positions!);
                found.Positions = null;
                return true;
            }

            if (found.Count > 0)
                Enqueue(number);
        }

        pair = default;
        return false;
    }

    private void Enqueue(int number) => _queue.Enqueue(number, (-_pairs[number].Count, _pairs[number].Left, _pairs[number].Right));

    private sealed class Pair(int left, int right)
    {
        public readonly int Left = left;
        public readonly int Right = right;
        public long Count;
        public List<int>? Positions = [];
    }
}

using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// Where the tokens of a step are and go: planned once on the host, read by every layer. Sequences with one token each come first; they are decoded in one
/// launch. After its first steps it allocates nothing.
/// </summary>
internal sealed class BatchPlan(Device device, SplitRoom room) : IDisposable
{
    private const int LeastNumbers = 1024;
    private readonly List<(KvCache Cache, int First, int Tokens)> _sequences = [];
    private readonly List<(int Row, int Slot, int Count)> _runs = [];
    private TreePlan? _treePlan;
    private int[] _numbers = [];
    private View1<int> _all;
    private int _width;

    /// <summary>Sequences.</summary>
    public int Count => _sequences.Count;

    /// <summary>Tokens of all sequences.</summary>
    public int Tokens { get; private set; }

    /// <summary>Sequences of one token, which come first.</summary>
    public int Decoding { get; private set; }

    /// <summary>How many of them one launch takes.</summary>
    public int DecodedAtOnce => room.Sequences;

    /// <summary>The tree that the tokens are; null where they are none.</summary>
    public TreePlan? Tree { get; private set; }

    /// <summary>Positions of the tokens, [tokens]; those of a tree's nodes by their depth.</summary>
    public View1<int> Positions => Tree?.Positions ?? _all.Slice(0, Tokens);

    /// <summary>Where in the pool their keys and values go, [tokens].</summary>
    public View1<int> Slots => _all.Slice(Tokens, Tokens);

    /// <summary>Block tables, [sequences, blocks].</summary>
    public View2<int> Tables => _all.Slice(2 * Tokens, Count * _width).Reshape(Count, _width);

    /// <summary>Tokens whose slots follow one another.</summary>
    public List<(int Row, int Slot, int Count)> Runs => _runs;

    /// <summary>The pool of all its sequences.</summary>
    public KvBlockPool Pool => _sequences[0].Cache.Pool;

    /// <summary>Capacity of its sequences: the rotary encoding depends on it.</summary>
    public int Capacity => _sequences[0].Cache.Capacity;

    /// <summary>A sequence: its first row, its number of tokens, and its position.</summary>
    public (int First, int Tokens, int Start) this[int sequence] =>
        (_sequences[sequence].First, _sequences[sequence].Tokens, _sequences[sequence].Cache.Length);

    /// <summary>A sequence's cache.</summary>
    public KvCache Cache(int sequence) => _sequences[sequence].Cache;

    /// <summary>The room of some sequences' attention states.</summary>
    public AttentionSplits Splits(int sequences) => room.For(sequences);

    /// <summary>Begins a step.</summary>
    public void Clear()
    {
        _sequences.Clear();
        _runs.Clear();
        (Tokens, Decoding, Tree) = (0, 0, null);
    }

    /// <summary>Adds a sequence, those of one token first.</summary>
    /// <exception cref="InvalidOperationException">The pool has no block for its tokens.</exception>
    public void Add(KvCache cache, int tokens)
    {
        cache.Prepare(tokens);
        _sequences.Add((cache, Tokens, tokens));
        Tokens += tokens;
        if (tokens == 1)
            Decoding++;
    }

    /// <summary>A step of one sequence.</summary>
    public void Set(KvCache cache, int tokens)
    {
        Clear();
        Add(cache, tokens);
        Upload();
    }

    /// <summary>A step of a tree's nodes.</summary>
    public void Set(KvCache cache, TokenTree tree)
    {
        Set(cache, tree.Count);
        _treePlan ??= new TreePlan(device, room.Heads);
        _treePlan.Set(tree, cache.Length);
        Tree = _treePlan;
    }

    /// <summary>Gives the device what was added.</summary>
    public void Upload()
    {
        _width = 1;
        int last = 0;
        foreach ((KvCache cache, _, int tokens) in _sequences)
        {
            _width = Math.Max(_width, cache.Blocks.Length);
            last = tokens == 1 ? Math.Max(last, cache.Length) : last;
        }

        int count = (2 * Tokens) + (Count * _width);
        if (_numbers.Length < count)
        {
            device.Synchronize();
            _all.Memory?.Dispose();
            _numbers = new int[Math.Max(2 * count, LeastNumbers)];
            _all = device.Allocate<int>(_numbers.Length);
        }

        for (int i = 0; i < Count; i++)
            Plan(i);
        _all.Slice(0, count).CopyFrom(_numbers.AsSpan(0, count));
        if (Decoding > 0)
            room.Reserve(Decoding, last);
    }

    /// <summary>The tokens' keys and values are in place.</summary>
    public void Advance()
    {
        foreach ((KvCache cache, _, int tokens) in _sequences)
            cache.Advance(tokens);
    }

    public void Dispose()
    {
        _all.Memory?.Dispose();
        _treePlan?.Dispose();
    }

    private void Plan(int sequence)
    {
        (KvCache cache, int first, int tokens) = _sequences[sequence];
        ReadOnlySpan<int> blocks = cache.Blocks;
        Span<int> table = _numbers.AsSpan((2 * Tokens) + (sequence * _width));
        for (int i = 0; i < blocks.Length; i++)
            table[i] = cache.Pool.Place(blocks[i]);
        for (int i = 0; i < tokens; i++)
        {
            int row = first + i, slot = cache.Slot(cache.Length + i);
            _numbers[row] = cache.Length + i;
            _numbers[Tokens + row] = slot;
            if (i > 0 && _runs[^1] is var run && run.Slot + run.Count == slot)
                _runs[^1] = run with { Count = run.Count + 1 };
            else
                _runs.Add((row, slot, 1));
        }
    }
}

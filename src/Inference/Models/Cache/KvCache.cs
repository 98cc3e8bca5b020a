using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// The keys and values of one sequence: which blocks of a <see cref="KvBlockPool"/> they are in. Sequences may hold the same blocks; one that writes into
/// a block that others hold takes a copy first. Made by <see cref="Transformer.CreateCache(int)"/>; for one thread at a time.
/// </summary>
public sealed class KvCache : IDisposable
{
    private const int BlockTokens = KvBlockPool.BlockTokens;
    private readonly Func<int, RotaryEncoding?>? _rotary;
    private int[] _blocks = new int[4];
    private int _count;
    private TokenTree? _tree;
    private bool _isDisposed;

    /// <param name="pool">Where its blocks are.</param>
    /// <param name="capacity">Most positions.</param>
    /// <param name="rotary">How a layer turns keys, null where it does not; no function where positions cannot be changed.</param>
    internal KvCache(KvBlockPool pool, int capacity, Func<int, RotaryEncoding?>? rotary)
    {
        (Pool, Capacity, _rotary) = (pool, capacity, rotary);
        pool.Open();
    }

    /// <summary>Most positions it holds.</summary>
    public int Capacity { get; }

    /// <summary>Positions it holds: the next token's position.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of the keys and values of as many positions as it may hold, in whole blocks.</summary>
    public long ByteLength => Pool.BlockBytes * KvBlockPool.BlocksFor(Capacity);

    /// <summary>Where its blocks are.</summary>
    public KvBlockPool Pool { get; }

    /// <summary>Its blocks, in the order of positions.</summary>
    internal ReadOnlySpan<int> Blocks => _blocks.AsSpan(0, _count);

    /// <summary>What the elements are called.</summary>
    internal string ElementName => Pool.ElementName;

    /// <summary>Where in the pool a position is.</summary>
    internal int Slot(int position) => Pool.FirstSlot(_blocks[position / BlockTokens]) + (position % BlockTokens);

    /// <summary>Forgets every position from <paramref name="position"/> on. The next token takes that position.</summary>
    /// <param name="position">Number of positions to keep, at most <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer positions.</exception>
    public void Rollback(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Length);
        Length = position;
        _tree = null;
        while (_count > KvBlockPool.BlocksFor(position))
            Pool.Release(_blocks[--_count]);
    }

    /// <summary>A second cache with the same positions and capacity. It holds the same blocks, and no memory of its own until one of the two is written.</summary>
    /// <returns>The second cache; the caller disposes of it.</returns>
    public KvCache Fork()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var fork = new KvCache(Pool, Capacity, _rotary);
        fork.Share(Blocks[..KvBlockPool.BlocksFor(Length)], Length);
        return fork;
    }

    /// <summary>
    /// Forgets positions between the first and the last ones (Xiao et al., "Efficient streaming language models with attention sinks", 2023, section 3.2):
    /// whole blocks, so that up to two blocks more stay than asked for. What comes after them moves down: keys are turned back to their new positions, so
    /// that attention sees distances within what is kept, as in the paper. The next token takes position <see cref="Length"/>.
    /// </summary>
    /// <param name="sinks">Positions to keep at the beginning.</param>
    /// <param name="window">Positions to keep at the end.</param>
    /// <returns>How many positions have been forgotten; 0 where there is no whole block between.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    /// <exception cref="NotSupportedException">The model's embeddings hold positions, which cannot be changed afterwards.</exception>
    /// <exception cref="InvalidOperationException">The pool has no free blocks for what other sequences hold too; nothing has changed.</exception>
    public int Evict(int sinks, int window)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sinks);
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        if (_rotary is not { } rotary)
            throw new NotSupportedException("The model's embeddings hold each token's position, which cannot be changed afterwards: nothing can be evicted.");
        int kept = KvBlockPool.BlocksFor(sinks), next = Math.Max(Length - window, 0) / BlockTokens;
        if (next <= kept)
            return 0;
        Rollback(Length);
        int shared = 0;
        for (int i = next; i < _count; i++)
            shared += Pool.IsShared(_blocks[i]) ? 1 : 0;
        if (!Pool.Has(shared))
            throw new InvalidOperationException($"Evicting needs {shared} blocks, for other sequences hold what would move, and {Pool.FreeBlocks} are free.");
        for (int i = kept; i < next; i++)
            Pool.Release(_blocks[i]);
        int forgotten = (next - kept) * BlockTokens;
        var runs = new List<(int, int)>();
        for (int i = next; i < _count; i++)
        {
            int used = Math.Min(BlockTokens, Length - (i * BlockTokens));
            Own(i, used);
            runs.Add((Pool.FirstSlot(_blocks[i]), used));
        }

        Array.Copy(_blocks, next, _blocks, kept, _count - next);
        _count -= next - kept;
        Length -= forgotten;
        Pool.Turn(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(runs), -forgotten, rotary);
        return forgotten;
    }

    /// <summary>
    /// Keeps a path of the tree that <see cref="Transformer.ForwardTree"/> ran last, as the positions after <see cref="Length"/>. The tree's other
    /// nodes are forgotten.
    /// </summary>
    /// <param name="path">Nodes from the root on, each the parent of the next; none keeps nothing.</param>
    /// <exception cref="InvalidOperationException">No tree has been run since the cache changed.</exception>
    /// <exception cref="ArgumentException">The nodes are no path from the root.</exception>
    public void CommitPath(ReadOnlySpan<int> path)
    {
        if (_tree is not { } tree)
            throw new InvalidOperationException("The KV cache holds no tree: none has been run since it changed.");
        for (int i = 0; i < path.Length; i++)
        {
            if ((uint)path[i] >= (uint)tree.Count || tree.Parent(path[i]) != (i == 0 ? -1 : path[i - 1]))
                throw new ArgumentException($"Node {path[i]}, number {i} of the path, is not {(i == 0 ? "the root" : $"a child of {path[i - 1]}")}.", nameof(path));
        }

        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] != i)
                Pool.CopySlot(Slot(Length + path[i]), Slot(Length + i));
        }

        Length += path.Length;
        Rollback(Length);
    }

    /// <summary>Gives its blocks back.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Length = 0;
        while (_count > 0)
            Pool.Release(_blocks[--_count]);
        Pool.Close();
    }

    /// <summary>Holds blocks that others hold, in place of what it held.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="length">Positions in them.</param>
    internal void Share(ReadOnlySpan<int> blocks, int length)
    {
        Rollback(0);
        foreach (int block in blocks)
            Pool.Share(block);
        MakeRoom(blocks.Length);
        blocks.CopyTo(_blocks);
        (_count, Length) = (blocks.Length, length);
    }

    /// <summary>Blocks that the next positions take from the pool: new ones, and a copy of one that others hold.</summary>
    internal int BlocksToTake(int tokens)
    {
        bool copies = Length % BlockTokens > 0 && Pool.IsShared(_blocks[Length / BlockTokens]);
        return Math.Max(KvBlockPool.BlocksFor(Length + tokens) - _count, 0) + (copies ? 1 : 0);
    }

    /// <summary>Makes sure that the next positions are in blocks of its own.</summary>
    /// <exception cref="InvalidOperationException">The pool has not so many blocks; nothing has changed.</exception>
    internal void Prepare(int tokens)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int wanted = BlocksToTake(tokens), count = KvBlockPool.BlocksFor(Length + tokens), used = Length % BlockTokens;
        if (wanted > 0 && !Pool.Has(wanted))
            throw new InvalidOperationException($"The KV cache needs {wanted} more blocks of {BlockTokens} positions, and {Pool.FreeBlocks} of {Pool.Blocks} are free.");
        if (used > 0)
            Own(Length / BlockTokens, used);
        MakeRoom(count);
        while (_count < count)
            _blocks[_count++] = Pool.Take();
    }

    /// <summary>Counts positions whose keys and values are in place.</summary>
    internal void Advance(int tokens)
    {
        _tree = null;
        Length += tokens;
    }

    /// <summary>The nodes of a tree have been run, or not: they are no positions yet.</summary>
    internal void EndTree(TokenTree tree, int length)
    {
        _tree = Length > length ? tree : null;
        Length = length;
    }

    /// <summary>Visits the bytes of the first positions, part by part, always in the same order.</summary>
    /// <param name="positions">How many.</param>
    /// <param name="visit">Takes where a part is, and room for its bytes.</param>
    internal void ForEachPart(int positions, KvBlockPool.PartVisitor visit) => Pool.ForEachPart(Blocks, positions, visit);

    // A copy in place of a block that others hold.
    private void Own(int index, int positions)
    {
        int block = _blocks[index];
        if (!Pool.IsShared(block))
            return;
        int copy = Pool.Take();
        Pool.CopyBlock(block, copy, positions);
        Pool.Release(block);
        _blocks[index] = copy;
    }

    private void MakeRoom(int blocks)
    {
        if (_blocks.Length < blocks)
            Array.Resize(ref _blocks, Math.Max(blocks, 2 * _blocks.Length));
    }
}

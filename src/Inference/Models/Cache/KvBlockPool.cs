using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// The memory of KV caches: blocks of <see cref="BlockTokens"/> positions of all layers, handed out one by one and counted by reference, so that sequences
/// share what they have in common (Kwon et al., "Efficient memory management for large language model serving with PagedAttention", 2023). Attention
/// reads them where they are. A layer's memory is [kvHeads, slots, headDim]: a head's keys of a block and then its values, so that attention reads on and on.
/// Made by <see cref="Transformer.CreatePool(int)"/>, or by <see cref="Transformer.CreateCache(int)"/> for one sequence and its forks.
/// </summary>
public abstract class KvBlockPool : IDisposable
{
    /// <summary>Positions of a block.</summary>
    public const int BlockTokens = Attention.BlockTokens;

    private readonly Lock _counting = new();
    private readonly Stack<int> _free = [];
    private readonly bool _grows;
    private int[] _references;
    private int _caches;

    private protected KvBlockPool(Device device, ModelConfiguration model, int blocks, bool grows)
    {
        Device = device;
        Model = model;
        _grows = grows;
        _references = new int[blocks];
        for (int block = blocks - 1; block >= 0; block--)
            _free.Push(block);
    }

    /// <summary>Blocks there are.</summary>
    public int Blocks => _references.Length;

    /// <summary>Blocks that nothing holds.</summary>
    public int FreeBlocks
    {
        get
        {
            lock (_counting)
                return _free.Count;
        }
    }

    /// <summary>Bytes of a block: keys and values of all layers.</summary>
    public abstract long BlockBytes { get; }

    /// <summary>Bytes of all blocks.</summary>
    public long ByteLength => BlockBytes * Blocks;

    private protected Device Device { get; }

    private protected ModelConfiguration Model { get; }

    /// <summary>Whether values are other than keys: what latent attention sums up is its keys.</summary>
    private protected bool HasValues => Model.Latent is null;

    /// <summary>From one block's keys to the next one's, in units of a block's keys: what block tables count in.</summary>
    private protected int Parts => HasValues ? 2 : 1;

    /// <summary>Blocks that hold a number of positions.</summary>
    /// <param name="positions">Positions; 0 or more.</param>
    /// <returns>Their number.</returns>
    public static int BlocksFor(int positions) => (int)(((long)positions + BlockTokens - 1) / BlockTokens);

    /// <summary>Frees the memory. Caches on it cannot be used any more.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>A block as block tables have it: its slots begin at <see cref="BlockTokens"/> times this.</summary>
    internal int Place(int block) => block * Parts;

    /// <summary>The slot of a block's first position.</summary>
    internal int FirstSlot(int block) => Place(block) * BlockTokens;

    /// <summary>Whether so many blocks can be had.</summary>
    internal bool Has(int blocks) => _grows || FreeBlocks >= blocks;

    /// <summary>A block of the caller's own.</summary>
    /// <exception cref="InvalidOperationException">None is left.</exception>
    /// <exception cref="DeviceException">The device has not enough memory for more.</exception>
    internal int Take()
    {
        lock (_counting)
        {
            if (_free.Count == 0)
                Grow();
            int block = _free.Pop();
            _references[block] = 1;
            return block;
        }
    }

    /// <summary>One holder more.</summary>
    internal void Share(int block)
    {
        lock (_counting)
            _references[block]++;
    }

    /// <summary>One holder less; without any the block is free.</summary>
    internal void Release(int block)
    {
        lock (_counting)
        {
            if (--_references[block] == 0)
                _free.Push(block);
        }
    }

    /// <summary>Whether others hold a block too, so that it must not be written.</summary>
    internal bool IsShared(int block)
    {
        lock (_counting)
            return _references[block] > 1;
    }

    /// <summary>Counts the caches on it.</summary>
    internal void Open()
    {
        lock (_counting)
            _caches++;
    }

    /// <summary>The memory of one sequence and its forks ends with the last of them.</summary>
    internal void Close()
    {
        bool ends;
        lock (_counting)
            ends = --_caches == 0 && _grows;
        if (ends)
            Dispose();
    }

    /// <summary>Turns queries and keys of tokens to their positions, and stores keys and values in their slots.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="activations">Queries, keys and values; turned where they are.</param>
    /// <param name="rotary">How to turn them.</param>
    /// <param name="plan">Where they go.</param>
    internal abstract void Store(int layer, ActivationViews activations, RotaryEncoding rotary, BatchPlan plan);

    /// <summary>Attention of tokens whose keys and values have been stored.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="activations">Queries, turned, and the outputs.</param>
    /// <param name="scores">What becomes of the scores.</param>
    /// <param name="plan">Which sequences they are of.</param>
    internal abstract void Attend(int layer, ActivationViews activations, LayerAttention scores, BatchPlan plan);

    /// <summary>Copies the first positions of a block over those of another, in all layers.</summary>
    internal abstract void CopyBlock(int from, int to, int positions);

    /// <summary>Copies the keys and values of a slot over those of another, in all layers.</summary>
    internal abstract void CopySlot(int from, int to);

    /// <summary>Turns keys by a number of positions, which may be negative: what they are at position p becomes what they are at p + by.</summary>
    /// <param name="runs">Slots that follow one another, and how many.</param>
    /// <param name="by">Positions.</param>
    /// <param name="rotary">How a layer turns keys; null where it does not.</param>
    internal abstract void Turn(ReadOnlySpan<(int Slot, int Count)> runs, int by, Func<int, RotaryEncoding?> rotary);

    /// <summary>Keys of slots as they are attended to, [kvHeads, slots, headDim].</summary>
    internal abstract float[] ReadKeys(int layer, ReadOnlySpan<int> slots);

    /// <summary>Visits the bytes of a sequence's first positions, part by part, always in the same order.</summary>
    /// <param name="blocks">The sequence's blocks.</param>
    /// <param name="positions">How many positions.</param>
    /// <param name="visit">Takes where a part is, and room for its bytes.</param>
    internal abstract void ForEachPart(ReadOnlySpan<int> blocks, int positions, PartVisitor visit);

    /// <summary>What the elements are called.</summary>
    internal abstract string ElementName { get; }

    private protected abstract void Free();

    /// <summary>Makes room for more blocks, and keeps what is in those there are.</summary>
    private protected abstract void Resize(int blocks);

    // Twice as many, so that what there is is copied seldom.
    private void Grow()
    {
        if (!_grows)
            throw new InvalidOperationException($"The KV cache has no free block: all {Blocks} blocks of {BlockTokens} positions are held.");
        int blocks = Blocks;
        Resize(2 * blocks);
        Array.Resize(ref _references, 2 * blocks);
        for (int block = (2 * blocks) - 1; block >= blocks; block--)
            _free.Push(block);
    }

    /// <summary>Sees a part of a cache.</summary>
    internal delegate void PartVisitor(DeviceMemory memory, long byteOffset, Span<byte> part);
}

using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// The keys and values of one sequence, of all layers, [kvHeads, position, headDim] a layer: what a head attends to lies together. Made by
/// <see cref="Transformer.CreateCache"/>; for one thread at a time.
/// </summary>
public abstract class KvCache : IDisposable
{
    private TreePlan? _plan;
    private TokenTree? _tree;

    private protected KvCache(Device device, int capacity)
    {
        Device = device;
        Capacity = capacity;
        var positions = new int[capacity];
        for (int i = 0; i < positions.Length; i++)
            positions[i] = i;
        Positions = device.Upload<int>(positions);
    }

    /// <summary>Most positions it holds.</summary>
    public int Capacity { get; }

    /// <summary>Positions it holds: the next token's position.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of all keys and values it has room for.</summary>
    public abstract long ByteLength { get; }

    /// <summary>0, 1, 2, ..., [capacity].</summary>
    internal View1<int> Positions { get; }

    /// <summary>The tree that the next tokens are, while it runs.</summary>
    private protected TreePlan? Tree { get; private set; }

    private protected Device Device { get; }

    /// <summary>Forgets every position from <paramref name="position"/> on. The next token takes that position.</summary>
    /// <param name="position">Number of positions to keep, at most <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer positions.</exception>
    public void Rollback(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Length);
        Length = position;
        _tree = null;
    }

    /// <summary>A second cache with the same positions and capacity: a copy, which costs as much memory again.</summary>
    /// <returns>The copy; the caller disposes of it.</returns>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public abstract KvCache Fork();

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        Positions.Memory!.Dispose();
        _plan?.Dispose();
        Free();
        GC.SuppressFinalize(this);
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
                CopyPosition(Length + path[i], Length + i);
        }

        _tree = null;
        Length += path.Length;
    }

    /// <summary>Counts positions whose keys and values are in place.</summary>
    internal void Advance(int tokens)
    {
        _tree = null;
        Length += tokens;
    }

    /// <summary>Where the next tokens are in the sequence, [tokens]; nodes of a tree by their depth.</summary>
    internal View1<int> NextPositions(int tokens) => Tree?.Positions ?? Positions.Slice(Length, tokens);

    /// <summary>Lets the next tokens be the nodes of a tree, until <see cref="EndTree"/>.</summary>
    internal void BeginTree(TokenTree tree)
    {
        _plan ??= new TreePlan(Device);
        _plan.Set(tree, Length);
        Tree = _plan;
    }

    /// <summary>The nodes have been run, or not: they are no positions yet.</summary>
    internal void EndTree(TokenTree tree, int length)
    {
        Tree = null;
        _tree = Length > length ? tree : null;
        Length = length;
    }

    /// <summary>Turns queries and keys to the positions from <see cref="Length"/> on, and stores keys and values there.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="activations">Queries, keys and values; turned where they are.</param>
    /// <param name="rotary">How to turn them.</param>
    internal abstract void Store(int layer, ActivationViews activations, RotaryEncoding rotary);

    /// <summary>Attention of the tokens at position <see cref="Length"/> and after, whose keys and values have been stored.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="activations">Queries, turned, and the outputs.</param>
    /// <param name="scores">What becomes of the scores.</param>
    internal abstract void Attend(int layer, ActivationViews activations, LayerAttention scores);

    /// <summary>Copies the keys and values of a position over those of another, in all layers.</summary>
    private protected abstract void CopyPosition(int from, int to);

    /// <summary>Visits the bytes of the first positions, part by part, always in the same order.</summary>
    /// <param name="positions">How many.</param>
    /// <param name="visit">Takes where a part is, and room for its bytes.</param>
    internal abstract void ForEachPart(int positions, PartVisitor visit);

    /// <summary>What the elements are called.</summary>
    internal abstract string ElementName { get; }

    private protected abstract void Free();

    /// <summary>Sees a part of a cache.</summary>
    internal delegate void PartVisitor(DeviceMemory memory, long byteOffset, Span<byte> part);
}

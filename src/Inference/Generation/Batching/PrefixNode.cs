using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>An edge of a <see cref="PrefixTree"/> and the node at its end: whole blocks of tokens, and the blocks that hold their keys and values.</summary>
internal sealed class PrefixNode(int[] tokens, List<int> blocks, PrefixNode? parent)
{
    /// <summary>Tokens, as many as the blocks hold.</summary>
    public int[] Tokens { get; set; } = tokens;

    public List<int> Blocks { get; set; } = blocks;

    public PrefixNode? Parent { get; set; } = parent;

    /// <summary>What goes on from here, by a hash of its first block's tokens.</summary>
    public Dictionary<ulong, PrefixNode> Children { get; private set; } = [];

    public long LastUse { get; set; }

    /// <summary>Whole blocks at the beginning that are the same.</summary>
    public int SharedBlocks(ReadOnlySpan<int> tokens) => Tokens.AsSpan().CommonPrefixLength(tokens) / KvBlockPool.BlockTokens;

    /// <summary>Cuts the edge in two: this one keeps its first blocks, and a child has the rest.</summary>
    public void Split(int blocks)
    {
        int tokens = blocks * KvBlockPool.BlockTokens;
        var rest = new PrefixNode(Tokens[tokens..], Blocks[blocks..], this) { Children = Children, LastUse = LastUse };
        foreach (PrefixNode child in rest.Children.Values)
            child.Parent = rest;
        (Tokens, Blocks, Children) = (Tokens[..tokens], Blocks[..blocks], new() { [Key(rest.Tokens)] = rest });
    }

    /// <summary>FNV-1a of a block's tokens.</summary>
    public static ulong Key(ReadOnlySpan<int> tokens)
    {
        ulong hash = 14695981039346656037;
        foreach (int token in tokens[..KvBlockPool.BlockTokens])
            hash = (hash ^ (uint)token) * 1099511628211;
        return hash;
    }
}

using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Generation;

/// <summary>
/// Keys and values of prompts and what was generated after them, by their tokens, for requests that begin in the same way: a radix tree over whole blocks
/// (Zheng et al., "SGLang: Efficient execution of structured language model programs", 2024, section 3). What was not used for the longest time goes first,
/// and only what no sequence holds. For one thread at a time.
/// </summary>
/// <param name="pool">Where the blocks are.</param>
internal sealed class PrefixTree(KvBlockPool pool)
{
    private readonly PrefixNode _root = new([], [], null);
    private long _time;

    /// <summary>Blocks it holds.</summary>
    public int Blocks { get; private set; }

    /// <summary>Blocks that nothing else holds.</summary>
    public int Evictable => Nodes().Sum(node => node.Blocks.Count(block => !pool.IsShared(block)));

    /// <summary>The blocks of the longest beginning that is there.</summary>
    /// <param name="tokens">A sequence.</param>
    /// <param name="most">Most tokens wanted.</param>
    public List<int> Find(ReadOnlySpan<int> tokens, int most)
    {
        var found = new List<int>();
        ReadOnlySpan<int> rest = tokens[..Math.Min(most, tokens.Length)];
        for (PrefixNode? node = Next(_root, rest); node is not null; node = Next(node, rest))
        {
            int blocks = node.SharedBlocks(rest);
            node.LastUse = ++_time;
            found.AddRange(node.Blocks.Take(blocks));
            rest = rest[(blocks * KvBlockPool.BlockTokens)..];
            if (blocks < node.Blocks.Count)
                break;
        }

        return found;
    }

    /// <summary>Keeps the whole blocks of a sequence; those it has already stay the ones they are.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="blocks">The blocks that hold them.</param>
    public void Add(ReadOnlySpan<int> tokens, ReadOnlySpan<int> blocks)
    {
        int count = tokens.Length / KvBlockPool.BlockTokens;
        PrefixNode node = _root;
        for (int first = 0; first < count;)
        {
            ReadOnlySpan<int> rest = tokens[(first * KvBlockPool.BlockTokens)..(count * KvBlockPool.BlockTokens)];
            ulong key = PrefixNode.Key(rest);
            if (!node.Children.TryGetValue(key, out PrefixNode? child))
            {
                child = new PrefixNode(rest.ToArray(), [.. blocks[first..count]], node) { LastUse = ++_time };
                foreach (int block in child.Blocks)
                    pool.Share(block);
                Blocks += child.Blocks.Count;
                node.Children[key] = child;
                return;
            }

            int same = child.SharedBlocks(rest);
            if (same == 0)
                return;
            if (same < child.Blocks.Count)
                child.Split(same);
            child.LastUse = ++_time;
            first += same;
            node = child;
        }
    }

    /// <summary>Lets go of blocks that nothing else holds.</summary>
    /// <param name="blocks">How many are wanted.</param>
    public void Evict(int blocks)
    {
        while (blocks > 0)
        {
            PrefixNode? leaf = Nodes().Where(node => node.Children.Count == 0 && !pool.IsShared(node.Blocks[^1])).MinBy(node => node.LastUse);
            if (leaf is null)
                return;
            for (; blocks > 0 && leaf.Blocks.Count > 0 && !pool.IsShared(leaf.Blocks[^1]); blocks--)
            {
                pool.Release(leaf.Blocks[^1]);
                leaf.Blocks.RemoveAt(leaf.Blocks.Count - 1);
                Blocks--;
            }

            if (leaf.Blocks.Count == 0)
                leaf.Parent!.Children.Remove(PrefixNode.Key(leaf.Tokens));
            else
                leaf.Tokens = leaf.Tokens[..(leaf.Blocks.Count * KvBlockPool.BlockTokens)];
        }
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        foreach (PrefixNode node in Nodes())
            node.Blocks.ForEach(pool.Release);
        _root.Children.Clear();
        Blocks = 0;
    }

    private static PrefixNode? Next(PrefixNode node, ReadOnlySpan<int> rest) =>
        rest.Length >= KvBlockPool.BlockTokens && node.Children.TryGetValue(PrefixNode.Key(rest), out PrefixNode? child) && child.SharedBlocks(rest) > 0 ? child : null;

    private IEnumerable<PrefixNode> Nodes()
    {
        var open = new Stack<PrefixNode>(_root.Children.Values);
        while (open.TryPop(out PrefixNode? node))
        {
            yield return node;
            foreach (PrefixNode child in node.Children.Values)
                open.Push(child);
        }
    }
}

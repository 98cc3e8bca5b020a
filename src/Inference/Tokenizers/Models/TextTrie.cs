using System.Numerics;
using System.Runtime.CompilerServices;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>Token texts by their bytes, so that all tokens that begin at a place are found in one walk. The edges are a hash table.</summary>
internal sealed class TextTrie
{
    // Keyed afresh in every process, so that no vocabulary can be made whose edges collide on purpose.
    private static readonly ulong s_multiplier = HashKey.Draw() | 1;
    private readonly Edge[] _root = new Edge[256];
    private Edge[] _edges = new Edge[1 << 10];
    private int _shift = 64 - 10;
    private int _nodes = 1;

    /// <summary>Adds the texts of some tokens; of those with one text, the lowest id.</summary>
    public TextTrie(TokenTexts texts, Func<int, bool> isIncluded)
    {
        for (int id = 0; id < texts.Count; id++)
        {
            if (isIncluded(id) && !texts[id].IsEmpty)
                Add(texts[id], id);
        }
    }

    /// <summary>Follows an edge.</summary>
    /// <param name="node">Where it begins; 0 is the root.</param>
    /// <param name="value">Its byte.</param>
    /// <param name="token">The token that ends there, or -1.</param>
    /// <returns>The node it leads to, or 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int node, byte value, out int token)
    {
        ref Edge edge = ref Find(node, value);
        token = edge.TokenAndOne - 1;
        return edge.Node;
    }

    private void Add(ReadOnlySpan<byte> text, int id)
    {
        int node = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (2 * _nodes > _edges.Length)
                Grow();
            ref Edge edge = ref Find(node, text[i]);
            if (edge.Node == 0)
                edge = new Edge { Key = Key(node, text[i]), Node = _nodes++ };
            if (i == text.Length - 1 && edge.TokenAndOne == 0)
                edge.TokenAndOne = id + 1;
            node = edge.Node;
        }
    }

    private static ulong Key(int node, byte value) => ((ulong)(uint)node << 8) | value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Edge Find(int node, byte value)
    {
        if (node == 0)
            return ref _root[value];
        ulong key = Key(node, value);
        Edge[] edges = _edges;
        int mask = edges.Length - 1;
        int slot = (int)((key * s_multiplier) >> _shift);
        while (edges[slot].Key != 0 && edges[slot].Key != key)
            slot = (slot + 1) & mask;
        return ref edges[slot];
    }

    private void Grow()
    {
        Edge[] old = _edges;
        _edges = new Edge[2 * old.Length];
        _shift = 64 - BitOperations.Log2((uint)_edges.Length);
        foreach (Edge edge in old)
        {
            if (edge.Key != 0)
                Find((int)(edge.Key >> 8), (byte)edge.Key) = edge;
        }
    }

    /// <summary>An edge, the node it leads to and the token that ends there: all zeros for none.</summary>
    private struct Edge
    {
        public ulong Key;
        public int Node;
        public int TokenAndOne;
    }
}

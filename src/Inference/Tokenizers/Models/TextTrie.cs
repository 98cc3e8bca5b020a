using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace KernelFoundry.Inference.Tokenizers.Models;

/// <summary>Token texts by their bytes, so that all tokens that begin at a place are found in one walk. The edges are a hash table.</summary>
internal sealed class TextTrie
{
    // Keyed afresh in every process, so that no vocabulary can be made whose edges collide on purpose.
    private static readonly ulong s_multiplier = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
    private readonly List<int> _tokens = [-1];
    private readonly int[] _root = new int[256];
    private (ulong Key, int Node)[] _edges = new (ulong, int)[1 << 10];
    private int _shift = 64 - 10;

    /// <summary>Adds the texts of some tokens; of those with one text, the lowest id.</summary>
    public TextTrie(TokenTexts texts, Func<int, bool> isIncluded)
    {
        for (int id = 0; id < texts.Count; id++)
        {
            if (!isIncluded(id) || texts[id].IsEmpty)
                continue;
            int node = 0;
            foreach (byte b in texts[id])
                node = Child(node, b);
            if (_tokens[node] < 0)
                _tokens[node] = id;
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
        int next = node == 0 ? _root[value] : Edge(node, value).Node;
        token = _tokens[next];
        return next;
    }

    private int Child(int node, byte value)
    {
        if (node == 0)
            return _root[value] != 0 ? _root[value] : _root[value] = Add();
        ref var edge = ref Edge(node, value);
        if (edge.Key != 0)
            return edge.Node;
        edge = (Key(node, value), Add());
        int child = edge.Node;
        if (2 * _tokens.Count > _edges.Length)
            Grow();
        return child;
    }

    private int Add()
    {
        _tokens.Add(-1);
        return _tokens.Count - 1;
    }

    private static ulong Key(int node, byte value) => ((ulong)(uint)node << 8) | value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref (ulong Key, int Node) Edge(int node, byte value)
    {
        ulong key = Key(node, value);
        int mask = _edges.Length - 1;
        int slot = (int)((key * s_multiplier) >> _shift);
        while (_edges[slot].Key != 0 && _edges[slot].Key != key)
            slot = (slot + 1) & mask;
        return ref _edges[slot];
    }

    private void Grow()
    {
        var old = _edges;
        _edges = new (ulong, int)[2 * old.Length];
        _shift = 64 - BitOperations.Log2((uint)_edges.Length);
        foreach (var edge in old)
        {
            if (edge.Key != 0)
                Edge((int)(edge.Key >> 8), (byte)edge.Key) = edge;
        }
    }
}

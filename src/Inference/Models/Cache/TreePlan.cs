using KernelFoundry.Inference.Decoding;
using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>What a pass over a tree of tokens needs beside the tokens: planned once on the host, read by every layer.</summary>
/// <param name="device">The device.</param>
/// <param name="heads">Query heads.</param>
internal sealed class TreePlan(Device device, int heads) : IDisposable
{
    private readonly View1<float> _noSinks = device.Upload<float>([.. Enumerable.Repeat(float.NegativeInfinity, heads)]);
    private int[] _numbers = [];
    private View1<int> _all;
    private int _start;
    private int _count;

    /// <summary>Positions of the nodes in their sequences, [nodes].</summary>
    public View1<int> Positions => _all.Slice(0, _count);

    /// <summary>Takes a tree in depth-first order that begins at a position.</summary>
    public void Set(TokenTree tree, int start)
    {
        (_count, _start) = (tree.Count, start);
        if (_numbers.Length < 3 * _count)
        {
            _all.Memory?.Dispose();
            _all = device.Allocate<int>(3 * _count);
            _numbers = new int[3 * _count];
        }

        Span<int> numbers = _numbers.AsSpan(0, 3 * _count);
        for (int node = 0; node < _count; node++)
        {
            numbers[node] = start + tree.Depth(node);
            numbers[_count + node] = tree.Depth(node);
        }

        tree.CopyLasts(numbers[(2 * _count)..]);
        _all.Slice(0, numbers.Length).CopyFrom(numbers);
    }

    /// <summary>Steps from the root to a node.</summary>
    public int Depth(int node) => _numbers[_count + node];

    /// <summary>Whether a node attends to a position before the tree, or behind them to a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="key">The position; the tree's nodes follow those before it.</param>
    /// <param name="window">Positions a position attends to.</param>
    public bool Sees(int node, int key, int window)
    {
        int other = key - _start;
        if (other < 0)
            return _numbers[node] - key < window;
        return other <= node && _numbers[(2 * _count) + other] >= node && Depth(node) - Depth(other) < window;
    }

    /// <summary>What becomes of a layer's scores.</summary>
    public TreeScore Score(LayerAttention layer)
    {
        View1<float> sinks = layer.Sinks.Memory is null ? _noSinks : layer.Sinks;
        return new(_all.Slice(2 * _count, _count), _all.Slice(_count, _count), sinks, _start, _count, layer.Window, layer.SoftCap);
    }

    public void Dispose()
    {
        _all.Memory?.Dispose();
        _noSinks.Memory!.Dispose();
    }
}

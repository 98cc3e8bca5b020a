using KernelFoundry.Inference.Decoding;
using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>What a pass over a tree of tokens needs beside the tokens: planned once on the host, read by every layer.</summary>
internal sealed class TreePlan(Device device) : IDisposable
{
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

    /// <summary>The mask.</summary>
    public TreeScore Score(int window) => new(_all.Slice(2 * _count, _count), _all.Slice(_count, _count), _start, _count, window);

    public void Dispose() => _all.Memory?.Dispose();
}

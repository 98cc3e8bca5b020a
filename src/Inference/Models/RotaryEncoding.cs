using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>Rotary position encoding with a model's frequencies. Su et al., "RoFormer", 2021.</summary>
/// <param name="kind">Which elements are paired.</param>
/// <param name="frequencies">Radians a position, [rotaryDims / 2].</param>
internal sealed class RotaryEncoding(RotaryKind kind, View1<float> frequencies) : IDisposable
{
    /// <summary>Turns every head of every token to its position.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Queries or keys, [tokens, heads, headDim].</param>
    /// <param name="positions">[tokens].</param>
    /// <param name="y">Output, [tokens, heads, headDim]; may be <paramref name="x"/>.</param>
    /// <typeparam name="T">Element type of the output.</typeparam>
    public void Apply<T>(Device device, View3<float> x, View1<int> positions, View3<T> y)
        where T : unmanaged
    {
        if (kind == RotaryKind.Interleaved)
            Positions.RopeInterleaved(device, x, positions, frequencies, y);
        else
            Positions.RopeHalfSplit(device, x, positions, frequencies, y);
    }

    /// <summary>Turns queries and keys, and stores keys and values, as one launch.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="a">Queries, turned where they are, keys and values.</param>
    /// <param name="positions">[tokens].</param>
    /// <param name="slots">Where in the cache each token's keys and values go, [tokens].</param>
    /// <param name="keys">The cache's keys, [slots, kvHeads, headDim].</param>
    /// <param name="values">The cache's values, [slots, kvHeads, headDim].</param>
    /// <typeparam name="T">Element type of the cache.</typeparam>
    public void ApplyAndStore<T>(Device device, ActivationViews a, View1<int> positions, View1<int> slots, View3<T> keys, View3<T> values)
        where T : unmanaged
    {
        if (kind == RotaryKind.Interleaved)
            Positions.RotateAndStore(device, a.QueryHeads, a.KeyHeads, a.ValueHeads, positions, frequencies, a.QueryHeads, slots, keys, values, default(AdjacentPairs));
        else
            Positions.RotateAndStore(device, a.QueryHeads, a.KeyHeads, a.ValueHeads, positions, frequencies, a.QueryHeads, slots, keys, values, default(HalfSplitPairs));
    }

    public void Dispose() => frequencies.Memory!.Dispose();
}

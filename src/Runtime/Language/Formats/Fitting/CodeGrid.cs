using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>The codes a format without offset has, by the index it stores, and how values are fitted to them: value = scale *
/// code.</summary>
internal sealed class CodeGrid
{
    // Scales tried: those at which the extreme value falls on the lowest code or a little beside it.
    private const int Tries = 9;
    private readonly sbyte[] _codes;
    private readonly byte[] _order;
    private readonly float[] _between;
    private readonly int _lowest;
    private readonly float _step;
    private readonly bool _even;

    private CodeGrid(sbyte[] codes, float step, bool even)
    {
        _codes = codes;
        _step = step;
        _even = even;
        _order = [.. Enumerable.Range(0, codes.Length).Select(i => (byte)i).OrderBy(i => codes[i])];
        _between = [.. _order.Zip(_order.Skip(1), (a, b) => (codes[a] + codes[b]) / 2f)];
        _lowest = codes.Min();
    }

    /// <summary>All integers from low to high; the index is code - low.</summary>
    public static CodeGrid Even(int low, int high) =>
        new([.. Enumerable.Range(low, high - low + 1).Select(code => (sbyte)code)], 0.1f, true);

    /// <summary>Codes as a table has them.</summary>
    public static CodeGrid Of(ReadOnlySpan<sbyte> codes) => new(codes.ToArray(), 1, false);

    /// <summary>Fits a block of one group: writes its scale to the block's first two bytes and the indices of its codes.</summary>
    public void Block(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<byte> codes, Span<byte> block)
    {
        Span<float> weights = stackalloc float[codes.Length];
        values = values[..codes.Length];
        WeightedError.Weights(values, importance, weights);
        Half scale = WeightedError.Stored(FitScale(values, weights));
        BinaryPrimitives.WriteHalfLittleEndian(block, scale);
        Assign(values, (float)scale, codes);
    }

    /// <summary>The scale of least error: for each assignment of codes tried, the least-squares one.</summary>
    public float FitScale(ReadOnlySpan<float> values, ReadOnlySpan<float> weights)
    {
        float extreme = WeightedError.Extreme(values), scale = 0;
        double best = 0;
        for (int step = -Tries; step <= Tries && extreme != 0; step++)
        {
            float inverse = (_lowest + (step * _step)) / extreme;
            double product = 0, square = 0;
            for (int i = 0; i < values.Length; i++)
            {
                int code = _codes[Nearest(values[i] * inverse)];
                float weighted = weights[i] * code;
                product += (double)weighted * values[i];
                square += weighted * code;
            }

            if (square > 0 && product * product > best * square)
                (best, scale) = (product * product / square, (float)(product / square));
        }

        return scale;
    }

    /// <summary>The indices of the codes nearest to values.</summary>
    public void Assign(ReadOnlySpan<float> values, float scale, Span<byte> indices)
    {
        float inverse = WeightedError.Inverse(scale);
        for (int i = 0; i < values.Length; i++)
            indices[i] = (byte)Nearest(values[i] * inverse);
    }

    /// <summary>The weighted squared error at a scale.</summary>
    public double Error(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float scale)
    {
        float inverse = WeightedError.Inverse(scale);
        double error = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double difference = values[i] - ((double)scale * _codes[Nearest(values[i] * inverse)]);
            error += weights[i] * difference * difference;
        }

        return error;
    }

    private int Nearest(float scaled)
    {
        if (_even)
            return Math.Clamp((int)MathF.Round(scaled), _lowest, _lowest + _codes.Length - 1) - _lowest;
        int low = 0, high = _between.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (scaled > _between[middle])
                low = middle + 1;
            else
                high = middle;
        }

        return _order[low];
    }
}

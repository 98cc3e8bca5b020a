using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace KernelFoundry;

/// <summary>The codes a format without offset has, by the index it stores, and how values are fitted to them: value = scale *
/// code.</summary>
internal sealed class CodeGrid
{
    // Scales tried: those at which the extreme value falls on the lowest code or a little beside it.
    private const int Tries = 9;
    private readonly int _count;
    private readonly byte[] _order;
    private readonly float[] _between;
    private readonly float[] _gaps;
    private readonly int _lowest;
    private readonly float _step;
    private readonly bool _even;

    private CodeGrid(sbyte[] codes, float step, bool even)
    {
        _count = codes.Length;
        _step = step;
        _even = even;
        _order = [.. Enumerable.Range(0, codes.Length).Select(i => (byte)i).OrderBy(i => codes[i])];
        _between = [.. _order.Zip(_order.Skip(1), (a, b) => (codes[a] + codes[b]) / 2f)];
        _gaps = [.. _order.Zip(_order.Skip(1), (a, b) => (float)(codes[b] - codes[a]))];
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
            Vector256<float> products = default, squares = default;
            for (int i = 0; i < values.Length; i += Vector256<float>.Count)
            {
                Vector256<float> x = Vector256.Create(values[i..]), codes = Codes(x * inverse), weighted = Vector256.Create(weights[i..]) * codes;
                products += weighted * x;
                squares += weighted * codes;
            }

            double product = WeightedError.Total(products), square = WeightedError.Total(squares);
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
        Vector256<float> errors = default;
        for (int i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            Vector256<float> x = Vector256.Create(values[i..]), difference = x - (Codes(x * inverse) * scale);
            errors += Vector256.Create(weights[i..]) * difference * difference;
        }

        return WeightedError.Total(errors);
    }

    // Each middle between two codes that lies below a value raises its code by the gap.
    private Vector256<float> Codes(Vector256<float> scaled)
    {
        if (_even)
        {
            return Vector256.Min(Vector256.Max(Vector256.Round(scaled), Vector256.Create((float)_lowest)),
                Vector256.Create((float)(_lowest + _count - 1)));
        }

        Vector256<float> codes = Vector256.Create((float)_lowest);
        for (int i = 0; i < _between.Length; i++)
            codes += Vector256.GreaterThan(scaled, Vector256.Create(_between[i])) & Vector256.Create(_gaps[i]);
        return codes;
    }

    private int Nearest(float scaled)
    {
        if (_even)
            return Math.Clamp((int)MathF.Round(scaled), _lowest, _lowest + _count - 1) - _lowest;
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

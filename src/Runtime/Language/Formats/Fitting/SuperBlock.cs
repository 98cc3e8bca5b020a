using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>
/// Fits blocks of 256 whose groups' scales are integers under one half-precision scale: each group by itself, then the half that reaches
/// the largest, then every group's integers again, since their neighbours may now be better.
/// </summary>
internal static class SuperBlock
{
    private const int Size = 256;

    /// <summary>Value = half * scale * code.</summary>
    /// <param name="values">256 values.</param>
    /// <param name="importance">None, or one a value.</param>
    /// <param name="grid">The codes.</param>
    /// <param name="lowest">The lowest scale, whose magnitude is the largest; the highest is -lowest - 1.</param>
    /// <param name="codes">Indices of codes, written.</param>
    /// <param name="scales">Scales of as many groups, written.</param>
    /// <returns>The half.</returns>
    public static Half Symmetric(
        ReadOnlySpan<float> values, ReadOnlySpan<float> importance, CodeGrid grid, int lowest, Span<byte> codes, Span<sbyte> scales)
    {
        Span<float> weights = stackalloc float[Size], fits = stackalloc float[scales.Length];
        int group = Size / scales.Length;
        values = values[..Size];
        WeightedError.Weights(values, importance, weights);
        for (int g = 0; g < scales.Length; g++)
            fits[g] = grid.FitScale(values.Slice(g * group, group), weights.Slice(g * group, group));
        Half half = WeightedError.Stored(WeightedError.Extreme(fits) / lowest);
        var unit = (float)half;
        for (int g = 0; g < scales.Length; g++)
        {
            ReadOnlySpan<float> own = values.Slice(g * group, group), weight = weights.Slice(g * group, group);
            int nearest = Nearest(fits[g], unit, lowest, -lowest - 1);
            scales[g] = (sbyte)nearest;
            double least = double.PositiveInfinity;
            for (int scale = Math.Max(nearest - 1, lowest); scale <= Math.Min(nearest + 1, -lowest - 1); scale++)
            {
                double error = grid.Error(own, weight, unit * scale);
                if (error < least)
                    (least, scales[g]) = (error, (sbyte)scale);
            }

            grid.Assign(own, unit * scales[g], codes.Slice(g * group, group));
        }

        return half;
    }

    /// <summary>Value = first half * scale * code - second half * minimum.</summary>
    /// <param name="values">256 values.</param>
    /// <param name="importance">None, or one a value.</param>
    /// <param name="mostCode">The largest code.</param>
    /// <param name="mostScale">The largest scale and minimum.</param>
    /// <param name="codes">Codes, written.</param>
    /// <param name="scales">Scales of as many groups, written.</param>
    /// <param name="minima">Minima of the groups, written.</param>
    /// <param name="halves">Where the two halves are written.</param>
    public static void Affine(
        ReadOnlySpan<float> values, ReadOnlySpan<float> importance, int mostCode, int mostScale, Span<byte> codes, Span<byte> scales,
        Span<byte> minima, Span<byte> halves)
    {
        Span<float> weights = stackalloc float[Size], fits = stackalloc float[scales.Length], offsets = stackalloc float[scales.Length];
        int group = Size / scales.Length;
        values = values[..Size];
        WeightedError.Weights(values, importance, weights);
        for (int g = 0; g < scales.Length; g++)
            (fits[g], offsets[g]) = AffineFit.Fit(values.Slice(g * group, group), weights.Slice(g * group, group), mostCode, true);
        Half half = WeightedError.Stored(WeightedError.Largest(fits) / mostScale);
        Half minimumHalf = WeightedError.Stored(WeightedError.Largest(offsets) / mostScale);
        BinaryPrimitives.WriteHalfLittleEndian(halves, half);
        BinaryPrimitives.WriteHalfLittleEndian(halves[2..], minimumHalf);
        float unit = (float)half, minimumUnit = (float)minimumHalf;
        for (int g = 0; g < scales.Length; g++)
        {
            ReadOnlySpan<float> own = values.Slice(g * group, group), weight = weights.Slice(g * group, group);
            int scale = Nearest(fits[g], unit, 0, mostScale), minimum = Nearest(-offsets[g], minimumUnit, 0, mostScale);
            (scales[g], minima[g]) = ((byte)scale, (byte)minimum);
            double least = double.PositiveInfinity;
            for (int s = Math.Max(scale - 1, 0); s <= Math.Min(scale + 1, mostScale); s++)
            {
                for (int m = Math.Max(minimum - 1, 0); m <= Math.Min(minimum + 1, mostScale); m++)
                {
                    double error = AffineFit.Error(own, weight, unit * s, -(minimumUnit * m), mostCode);
                    if (error < least)
                        (least, scales[g], minima[g]) = (error, (byte)s, (byte)m);
                }
            }

            AffineFit.Assign(own, unit * scales[g], -(minimumUnit * minima[g]), mostCode, codes.Slice(g * group, group));
        }
    }

    private static int Nearest(float value, float unit, int low, int high) =>
        unit == 0 ? Math.Clamp(0, low, high) : Math.Clamp((int)MathF.Round(value / unit), low, high);
}

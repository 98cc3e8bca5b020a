using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>Fits a group to codes from 0 up: value = scale * code + offset.</summary>
internal static class AffineFit
{
    // Spacings tried: those at which the range takes up to a code less or more than there are.
    private const int Tries = 20;
    private const float Step = 0.1f;

    /// <summary>Fits a block of one group: writes its scale and offset to the block's first four bytes, and its codes.</summary>
    public static void Block(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, int most, Span<byte> codes, Span<byte> block)
    {
        Span<float> weights = stackalloc float[codes.Length];
        values = values[..codes.Length];
        WeightedError.Weights(values, importance, weights);
        (float scale, float offset) = Fit(values, weights, most, false);
        Half storedScale = WeightedError.Stored(scale), storedOffset = WeightedError.Stored(offset);
        BinaryPrimitives.WriteHalfLittleEndian(block, storedScale);
        BinaryPrimitives.WriteHalfLittleEndian(block[2..], storedOffset);
        Assign(values, (float)storedScale, (float)storedOffset, most, codes);
    }

    /// <summary>Scale and offset of least error: for each assignment of codes tried, the least-squares ones.</summary>
    /// <param name="values">The group.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="most">The largest code.</param>
    /// <param name="isMinimum">The offset must not be positive: the format stores its negative without sign.</param>
    public static (float Scale, float Offset) Fit(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, int most, bool isMinimum)
    {
        float low = isMinimum ? 0 : float.PositiveInfinity, high = float.NegativeInfinity;
        double weight = 0, sum = 0, square = 0;
        for (int i = 0; i < values.Length; i++)
        {
            low = MathF.Min(low, values[i]);
            high = MathF.Max(high, values[i]);
            weight += weights[i];
            sum += weights[i] * (double)values[i];
            square += weights[i] * (double)values[i] * values[i];
        }

        if (high <= low)
            return (0, low);
        (float Scale, float Offset) best = ((high - low) / most, low);
        double least = double.PositiveInfinity;
        for (int step = -Tries / 2; step <= Tries / 2; step++)
        {
            float inverse = (most + (step * Step)) / (high - low);
            double codes = 0, codeSquares = 0, products = 0;
            for (int i = 0; i < values.Length; i++)
            {
                int code = Math.Clamp((int)MathF.Round((values[i] - low) * inverse), 0, most);
                float weighted = weights[i] * code;
                codes += weighted;
                codeSquares += weighted * code;
                products += (double)weighted * values[i];
            }

            double determinant = (weight * codeSquares) - (codes * codes);
            if (determinant <= 0)
                continue;
            double scale = ((weight * products) - (sum * codes)) / determinant;
            double offset = ((codeSquares * sum) - (codes * products)) / determinant;
            if (isMinimum && offset > 0)
                (scale, offset) = (products / codeSquares, 0);
            double error = square + (scale * scale * codeSquares) + (offset * offset * weight)
                + (2 * ((scale * offset * codes) - (scale * products) - (offset * sum)));
            if (scale > 0 && error < least)
                (least, best) = (error, ((float)scale, (float)offset));
        }

        return best;
    }

    /// <summary>The codes nearest to values.</summary>
    public static void Assign(ReadOnlySpan<float> values, float scale, float offset, int most, Span<byte> codes)
    {
        float inverse = WeightedError.Inverse(scale);
        for (int i = 0; i < values.Length; i++)
            codes[i] = (byte)Math.Clamp((int)MathF.Round((values[i] - offset) * inverse), 0, most);
    }

    /// <summary>The weighted squared error at a scale and offset.</summary>
    public static double Error(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float scale, float offset, int most)
    {
        float inverse = WeightedError.Inverse(scale);
        double error = 0;
        for (int i = 0; i < values.Length; i++)
        {
            int code = Math.Clamp((int)MathF.Round((values[i] - offset) * inverse), 0, most);
            double difference = values[i] - (((double)scale * code) + offset);
            error += weights[i] * difference * difference;
        }

        return error;
    }
}

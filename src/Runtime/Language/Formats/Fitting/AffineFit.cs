using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace KernelFoundry;

/// <summary>
/// Fits a group to codes from 0 up: value = scale * code + offset. Groups are multiples of eight values; sums are taken in an order that no
/// machine changes.
/// </summary>
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
            Vector256<float> codeSums = default, squareSums = default, productSums = default;
            for (int i = 0; i < values.Length; i += Vector256<float>.Count)
            {
                Vector256<float> x = Vector256.Create(values[i..]), code = Codes((x - Vector256.Create(low)) * inverse, most);
                Vector256<float> weighted = Vector256.Create(weights[i..]) * code;
                codeSums += weighted;
                squareSums += weighted * code;
                productSums += weighted * x;
            }

            double codes = WeightedError.Total(codeSums), codeSquares = WeightedError.Total(squareSums);
            double products = WeightedError.Total(productSums);
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
        Vector256<float> errors = default;
        for (int i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            Vector256<float> x = Vector256.Create(values[i..]) - Vector256.Create(offset);
            Vector256<float> difference = x - (Codes(x * inverse, most) * scale);
            errors += Vector256.Create(weights[i..]) * difference * difference;
        }

        return WeightedError.Total(errors);
    }

    private static Vector256<float> Codes(Vector256<float> scaled, int most) =>
        Vector256.Min(Vector256.Max(Vector256.Round(scaled), Vector256<float>.Zero), Vector256.Create((float)most));
}

using System.Runtime.Intrinsics;

namespace KernelFoundry;

/// <summary>What encoders make small.</summary>
internal static class WeightedError
{
    // A channel that calibration never saw still counts a little, so that no sum of weights is 0.
    private const float LeastImportance = 1e-3f;

    /// <summary>The weights of <see cref="IQuantEncoder.Encode"/> up to a factor that makes them free of the values' scale; all
    /// positive.</summary>
    public static void Weights(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, Span<float> weights)
    {
        double square = 0, total = 0;
        foreach (float value in values)
            square += (double)value * value;
        for (int i = 0; i < importance.Length; i++)
            total += importance[i];
        var meanImportance = (float)(total / values.Length);
        double inverse = square > 0 ? Math.Sqrt(values.Length / square) : 0;
        for (int i = 0; i < values.Length; i++)
        {
            float matters = meanImportance > 0 ? (importance[i] / meanImportance) + LeastImportance : 1;
            var relative = (float)(values[i] * inverse);
            weights[i] = matters * MathF.Sqrt(1 + (relative * relative));
        }
    }

    /// <summary>The lanes of a vector added up, in the same order on every machine.</summary>
    public static float Total(Vector256<float> vector)
    {
        Vector128<float> halves = vector.GetLower() + vector.GetUpper();
        return (halves[0] + halves[2]) + (halves[1] + halves[3]);
    }

    /// <summary>The largest magnitude.</summary>
    public static float Largest(ReadOnlySpan<float> values) => MathF.Abs(Extreme(values));

    /// <summary>The value of largest magnitude, with its sign.</summary>
    public static float Extreme(ReadOnlySpan<float> values)
    {
        float extreme = 0;
        foreach (float value in values)
            extreme = MathF.Abs(value) > MathF.Abs(extreme) ? value : extreme;
        return extreme;
    }

    /// <summary>1 / scale; 0 where that is not finite, which gives code 0.</summary>
    public static float Inverse(float scale) => float.IsFinite(1 / scale) ? 1 / scale : 0;

    /// <summary>The nearest half that is finite.</summary>
    public static Half Stored(float value) => (Half)Math.Clamp(value, (float)Half.MinValue, (float)Half.MaxValue);
}

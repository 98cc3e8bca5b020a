using System.Globalization;

namespace KernelFoundry.Testing;

/// <summary>Compares what a kernel gave with what it should give.</summary>
public static class Comparison
{
    /// <summary>
    /// Says how values differ beyond a tolerance: the norm of the difference must be at most the tolerance times the expected norm, and the
    /// cosine of the angle between the two at least 1 minus the tolerance. NaN and infinities must be where they are expected, and nowhere
    /// else. Where magnitudes, or the smallest normal number, are larger than the expected values they take their place in the norm, and
    /// the cosine, which says nothing of results that cancelled, is left out.
    /// </summary>
    /// <param name="name">What the values are called.</param>
    /// <param name="extents">Their shape.</param>
    /// <param name="expected">What they should be.</param>
    /// <param name="found">What they are.</param>
    /// <param name="tolerance">The tolerance.</param>
    /// <param name="magnitudes">Magnitudes of what the values are computed from; null for none.</param>
    /// <param name="smallest">The smallest normal number of the type the values are stored in: below it they have fewer digits.</param>
    /// <returns>The difference, with the worst index, or null if there is none.</returns>
    public static string? Describe(
        string name, int[] extents, double[] expected, double[] found, double tolerance, double[]? magnitudes = null, double smallest = 0)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(extents);
        if (expected.Length != found.Length)
            return $"{name}: expected {expected.Length} values, found {found.Length}";
        double error = 0, expectedSquare = 0, foundSquare = 0, product = 0, square = 0, worst = -1;
        int worstIndex = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!double.IsFinite(expected[i]) || !double.IsFinite(found[i]))
            {
                if (!expected[i].Equals(found[i]))
                    return $"{name}{Index(i, extents)}: expected {Text(expected[i])}, found {Text(found[i])}";
                continue;
            }

            double difference = Math.Abs(found[i] - expected[i]);
            error += difference * difference;
            expectedSquare += expected[i] * expected[i];
            foundSquare += found[i] * found[i];
            product += expected[i] * found[i];
            square += Math.Pow(Math.Max(Math.Abs(expected[i]), Math.Max(magnitudes?[i] ?? 0, smallest)), 2);
            if (difference > worst)
                (worst, worstIndex) = (difference, i);
        }

        // Where nothing is expected but zeros the error is infinite unless it is 0.
        double relative = error == 0 ? 0 : Math.Sqrt(error / square);
        double cosine = error == 0 || square > expectedSquare ? 1 : product / Math.Sqrt(expectedSquare * foundSquare);
        return relative <= tolerance && cosine >= 1 - tolerance ? null
            : string.Create(CultureInfo.InvariantCulture, $"{name}: relative error {relative:G4} and cosine 1 - {1 - cosine:G4}, ")
                + string.Create(CultureInfo.InvariantCulture, $"with a tolerance of {tolerance:G4}; ")
                + $"worst at {Index(worstIndex, extents)}: expected {Text(expected[worstIndex])}, found {Text(found[worstIndex])}";
    }

    private static string Index(int flat, int[] extents)
    {
        var index = new int[extents.Length];
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            index[axis] = flat % extents[axis];
            flat /= extents[axis];
        }

        return $"[{string.Join(", ", index)}]";
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

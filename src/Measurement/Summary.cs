namespace KernelFoundry.Measurement;

/// <summary>Repeated measurements in two numbers that a disturbed repetition moves little.</summary>
/// <param name="Median">The middle one; the mean of the middle two of an even number.</param>
/// <param name="Spread">Half the distance between the quartiles.</param>
public readonly record struct Summary(double Median, double Spread)
{
    /// <summary>Summarises measurements.</summary>
    /// <param name="values">The measurements; at least one.</param>
    /// <returns>Their median and spread.</returns>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Summary Of(params IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            throw new ArgumentException("There is nothing to summarise.", nameof(values));
        double[] sorted = [.. values.Order()];
        return new Summary(Quantile(sorted, 0.5), (Quantile(sorted, 0.75) - Quantile(sorted, 0.25)) / 2);
    }

    private static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}

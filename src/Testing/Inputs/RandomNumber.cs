namespace KernelFoundry.Testing;

/// <summary>Numbers for float inputs.</summary>
internal static class RandomNumber
{
    // Both zeros, halves (ties of rounding), the smallest normal and a subnormal half, a float that is no half, and values large beside the
    // others.
    private static readonly double[] Awkward = [0, -0.0, 1, -1, 0.5, -2.5, 6.103515625e-5, 5.9604644775390625e-8, 0.1, 8, -8, 1e-30];

    /// <summary>
    /// Mostly a standard normal deviate, sometimes an awkward number; within bounds, a uniform deviate and sometimes a bound.
    /// </summary>
    public static double Draw(Random random, double? low, double? high)
    {
        bool isAwkward = random.Next(8) == 0;
        if (low is { } least && high is { } most)
            return isAwkward ? least : least + ((most - least) * random.NextDouble());
        if (isAwkward)
            return Awkward[random.Next(Awkward.Length)];

        // Box and Muller.
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// How instructions on matrices of halves add up, as far as it has been measured: eight products at a time and what was there before are cut to a multiple of 2^-24 of the power of two
/// of the largest, added exactly, and cut to a float (Fasi, Higham, Mikaitis and Pranesh, "Numerical behavior of NVIDIA tensor cores", 2021: the A100; newer devices cut later). Cutting is
/// towards zero: errors of many sums add up instead of averaging out, and a tolerance must bear that.
/// </summary>
public static class MatrixSum
{
    private const int Together = 8;
    private const int Bits = 24;

    /// <summary>The sum of exact products and what was there before.</summary>
    public static float Of(float start, IReadOnlyList<double> products)
    {
        float sum = start;
        for (int first = 0; first < products.Count; first += Together)
            sum = Added(sum, [.. products.Skip(first).Take(Together)]);
        return sum;
    }

    private static float Added(float start, double[] products)
    {
        double largest = Math.Abs((double)start), plain = start;
        foreach (double product in products)
        {
            largest = Math.Max(largest, Math.Abs(product));
            plain += product;
        }

        if (largest == 0 || double.IsNaN(plain) || double.IsInfinity(plain))
            return (float)plain;
        double unit = Math.Pow(2, Exponent(largest) - Bits), sum = Math.Truncate(start / unit);
        foreach (double product in products)
            sum += Math.Truncate(product / unit);
        return Cut(sum * unit);
    }

    // By the bits: a logarithm may be off by one next to a power of two.
    private static int Exponent(double value) => (int)((BitConverter.DoubleToInt64Bits(value) >> 52) & 0x7FF) - 1023;

    private static float Cut(double value)
    {
        float nearest = (float)value;
        if (Math.Abs((double)nearest) <= Math.Abs(value))
            return nearest;
        int bits = BitConverter.ToInt32(BitConverter.GetBytes(nearest), 0) - 1;
        return BitConverter.ToSingle(BitConverter.GetBytes(bits), 0);
    }
}

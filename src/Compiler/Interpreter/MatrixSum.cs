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
    public static float Of(float start, double[] products)
    {
        float sum = start;
        for (int first = 0; first < products.Length; first += Together)
            sum = Added(sum, products, first, Math.Min(first + Together, products.Length));
        return sum;
    }

    private static float Added(float start, double[] products, int from, int to)
    {
        double largest = Math.Abs((double)start), plain = start;
        for (int i = from; i < to; i++)
        {
            largest = Math.Max(largest, Math.Abs(products[i]));
            plain += products[i];
        }

        if (largest == 0 || double.IsNaN(plain) || double.IsInfinity(plain))
            return (float)plain;
        double unit = PowerOfTwo(Exponent(largest) - Bits), sum = Math.Truncate(start / unit);
        for (int i = from; i < to; i++)
            sum += Math.Truncate(products[i] / unit);
        return Cut(sum * unit);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((exponent + 1023L) << 52);

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

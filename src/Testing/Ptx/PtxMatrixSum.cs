using System.Runtime.Intrinsics;

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// Sums of exact products as an A100 adds them: eight products at a time and the sum before are cut to 24 bits below the largest's power of two, added, and cut to a float (Fasi et al., 2021).
/// </summary>
internal static class PtxMatrixSum
{
    private const int Together = 8;
    private const int Bits = 24;
    private const int MantissaBits = 52;
    private const double LeastNormal = 1.17549435082228750797e-38, BeyondFloats = 3.40282366920938463463e38;

    /// <summary>Adds up one sum.</summary>
    public static float Add(double before, ReadOnlySpan<double> products)
    {
        double largest = Math.Abs(before), sum = before;
        foreach (double product in products)
        {
            largest = Math.Max(largest, Math.Abs(product));
            sum += product;
        }

        if (largest == 0 || !double.IsFinite(sum))
            return (float)sum;
        int unit = Math.ILogB(largest) - Bits;
        double units = Math.Truncate(Math.ScaleB(before, -unit));
        foreach (double product in products)
            units += Math.Truncate(Math.ScaleB(product, -unit));
        double exact = Math.ScaleB(units, unit);
        float rounded = (float)exact;
        return Math.Abs((double)rounded) <= Math.Abs(exact) ? rounded : rounded > 0 ? MathF.BitDecrement(rounded) : MathF.BitIncrement(rounded);
    }

    /// <summary>Adds to each sum the products of a row by its column: element k of column c at k * sums + c.</summary>
    public static void Add(Span<float> sums, ReadOnlySpan<double> row, ReadOnlySpan<double> columns)
    {
        Span<double> products = stackalloc double[Together], values = stackalloc double[Vector512<double>.Count];
        for (int first = 0; first < row.Length; first += Together)
        {
            for (int column = 0; column < sums.Length; column += values.Length)
            {
                for (int i = 0; i < values.Length; i++)
                    values[i] = sums[column + i];
                Vector512<double> before = Vector512.Create<double>(values), plain = before, largest = Vector512.Abs(before);
                for (int k = first; k < first + Together; k++)
                {
                    Vector512<double> product = Vector512.Create(row[k]) * Vector512.Create(columns[((k * sums.Length) + column)..]);
                    plain += product;
                    largest = Vector512.Max(largest, Vector512.Abs(product));
                }

                // The power of two by the bits of the largest, and its inverse.
                Vector512<long> exponent = largest.AsInt64() & Vector512.Create(0x7FFL << MantissaBits);
                Vector512<double> unit = (exponent - Vector512.Create((long)Bits << MantissaBits)).AsDouble();
                Vector512<double> inverse = (Vector512.Create(((2L * 1023) + Bits) << MantissaBits) - exponent).AsDouble(), units = Vector512.Truncate(before * inverse);
                for (int k = first; k < first + Together; k++)
                    units += Vector512.Truncate(Vector512.Create(row[k]) * Vector512.Create(columns[((k * sums.Length) + column)..]) * inverse);
                Vector512<double> exact = units * unit;

                // Cut to the 24 bits of a float, where it is a normal one.
                Vector512<double> size = Vector512.Abs(exact), cut = (exact.AsInt64() & Vector512.Create(-1L << (MantissaBits + 1 - Bits))).AsDouble();
                bool isPlain = Vector512.LessThanAll(Vector512.Abs(plain), Vector512.Create(double.PositiveInfinity)) && Vector512.GreaterThanAll(largest, Vector512<double>.Zero)
                    && Vector512.GreaterThanOrEqualAll(size, Vector512.Create(LeastNormal)) && Vector512.LessThanAll(size, Vector512.Create(BeyondFloats));
                cut.CopyTo(values);
                for (int i = 0; i < values.Length; i++)
                {
                    if (isPlain)
                    {
                        sums[column + i] = (float)values[i];
                        continue;
                    }

                    for (int k = 0; k < Together; k++)
                        products[k] = row[first + k] * columns[((first + k) * sums.Length) + column + i];
                    sums[column + i] = Add(sums[column + i], products);
                }
            }
        }
    }
}

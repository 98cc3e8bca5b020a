namespace KernelFoundry.Kernels;

/// <summary>The frequencies rotary position embedding turns with, computed once on the host in double precision.</summary>
public static class RotaryFrequencies
{
    /// <summary>
    /// Frequency of pair i: scale * frequencyBase^(-2i / rotaryDim) radians a position (Su et al., "RoFormer", 2021, equation 15).
    /// </summary>
    /// <param name="rotaryDim">Dimensions of a head that are rotated: twice the number of pairs, even.</param>
    /// <param name="frequencyBase">The base, 10000 in the paper; positive.</param>
    /// <param name="scale">1, or below to stretch positions linearly (Chen et al., "Position Interpolation", 2023).</param>
    /// <param name="factors">
    /// Divisors of the frequencies, one a pair, as Llama 3.1 and long-context Phi models ship them; empty for none.
    /// </param>
    /// <returns>The frequencies, [rotaryDim / 2].</returns>
    /// <exception cref="ArgumentException">
    /// The dimension is odd or negative, the base not positive, or there is not one factor a pair.
    /// </exception>
    public static float[] Create(int rotaryDim, double frequencyBase, double scale = 1, ReadOnlySpan<float> factors = default)
    {
        if (rotaryDim < 0 || rotaryDim % 2 != 0)
            throw new ArgumentException($"Rotated dimensions come in pairs, but {rotaryDim} were given.", nameof(rotaryDim));
        if (!(frequencyBase > 0))
            throw new ArgumentException($"The frequency base must be positive, but is {frequencyBase}.", nameof(frequencyBase));
        if (factors.Length != 0 && factors.Length != rotaryDim / 2)
            throw new ArgumentException($"{rotaryDim / 2} pairs need as many factors, but got {factors.Length}.", nameof(factors));
        var frequencies = new float[rotaryDim / 2];
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = (float)(scale * Math.Pow(frequencyBase, -2.0 * i / rotaryDim) / (factors.Length == 0 ? 1 : factors[i]));
        return frequencies;
    }
}

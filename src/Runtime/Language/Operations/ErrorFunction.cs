namespace KernelFoundry;

/// <summary>The error function in double precision, which .NET lacks.</summary>
internal static class ErrorFunction
{
    /// <summary>
    /// erf(x) = 2/sqrt(pi) exp(-x^2) sum over n of 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6). All terms have one sign, so nothing
    /// cancels. Beyond 6 the value is 1 in double precision.
    /// </summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) >= 6)
            return Math.Sign(x);

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}

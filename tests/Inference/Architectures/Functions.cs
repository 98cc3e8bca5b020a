namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>Activations in double precision.</summary>
internal static class Functions
{
    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    public static double Gelu(double x) => x * Normal(x);

    // The normal distribution function as a sum of 1 / (2k + 1)!! powers, Marsaglia, 2004.
    private static double Normal(double x)
    {
        if (Math.Abs(x) > 9)
            return x > 0 ? 1 : 0;
        double sum = x, term = x;
        for (int i = 1; i < 200; i++)
        {
            term *= x * x / ((2 * i) + 1);
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}

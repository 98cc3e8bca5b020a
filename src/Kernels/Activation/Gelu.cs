using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>The forms of GELU, x Phi(x) (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, section 2).</summary>
internal static class Gelu
{
    private const float SqrtTwoOverPi = 0.7978845608f;
    private const float SqrtHalf = 0.7071067812f;

    [DeviceFunction]
    public static Tile<float> Exact(Tile<float> x) => 0.5f * x * (1f + Erf(x * SqrtHalf));

    // (1 + tanh u) / 2 is sigmoid(2u), which keeps its digits where tanh is near -1.
    [DeviceFunction]
    public static Tile<float> TanhForm(Tile<float> x) => x * Sigmoid(2f * SqrtTwoOverPi * x * (1f + (0.044715f * x * x)));

    public static double TanhFormReference(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    public static double ExactReference(double x)
    {
        // Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...), Marsaglia, "Evaluating the Normal Distribution", 2004.
        if (Math.Abs(x) > 12)
            return x > 0 ? x : 0;
        double term = x, sum = x;
        for (int n = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); n += 2)
        {
            term *= x * x / n;
            sum += term;
        }

        return x * (0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)));
    }
}

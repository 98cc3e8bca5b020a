namespace KernelFoundry.Kernels;

/// <summary>
/// The tanh approximation of GELU: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel, "Gaussian Error Linear Units",
/// 2016, section 2). Gemma and GPT-2 use it.
/// </summary>
public readonly struct GeluTanh : IActivation<GeluTanh>, IActivationReference
{
    /// <inheritdoc/>
    public static Tile<float> Apply(GeluTanh self, Tile<float> x) => Gelu.TanhForm(x);

    /// <inheritdoc/>
    public double Reference(double x) => Gelu.TanhFormReference(x);
}

namespace KernelFoundry.Kernels;

/// <summary>GELU: x/2 (1 + erf(x / sqrt(2))) (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, section 2).</summary>
public readonly struct GeluErf : IActivation<GeluErf>, IActivationReference
{
    /// <inheritdoc/>
    public static Tile<float> Apply(GeluErf self, Tile<float> x) => Gelu.Exact(x);

    /// <inheritdoc/>
    public double Reference(double x) => Gelu.ExactReference(x);
}

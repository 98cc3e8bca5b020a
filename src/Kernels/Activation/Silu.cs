using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>x sigmoid(x) (Elfwing et al., 2017; "swish-1" in Ramachandran et al., 2017).</summary>
public readonly struct Silu : IActivation<Silu>, IActivationReference
{
    /// <inheritdoc/>
    public static Tile<float> Apply(Silu self, Tile<float> x) => x * Sigmoid(x);

    /// <inheritdoc/>
    public double Reference(double x) => x / (1 + Math.Exp(-x));
}

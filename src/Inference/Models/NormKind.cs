namespace KernelFoundry.Inference.Models;

/// <summary>How a layer's input is normalised.</summary>
public enum NormKind
{
    /// <summary>Divide by the root mean square, times a weight. Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.</summary>
    RmsNorm,

    /// <summary>
    /// Subtract the mean, divide by the standard deviation, times a weight, plus a bias. Ba et al., "Layer Normalization", 2016.
    /// </summary>
    LayerNorm,
}

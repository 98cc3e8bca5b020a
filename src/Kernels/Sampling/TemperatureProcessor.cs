namespace KernelFoundry.Kernels;

/// <summary>Divides logits by a temperature: above 1 flattens the distribution, below 1 sharpens it (Ackley et al., 1985).</summary>
/// <param name="temperature">The temperature; positive.</param>
public readonly struct TemperatureProcessor(float temperature) : ILogitsProcessor<TemperatureProcessor>, ILogitsReference
{
    /// <summary>1 / temperature.</summary>
    public float Inverse { get; } = 1 / temperature;

    /// <inheritdoc/>
    public static Tile<float> Apply(TemperatureProcessor self, Tile<float> logits, Tile<int> ids) => logits * self.Inverse;

    /// <inheritdoc/>
    public double Reference(double logit, int id) => logit * Inverse;
}

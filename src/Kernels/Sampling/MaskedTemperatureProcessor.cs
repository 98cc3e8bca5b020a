using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>Bans the tokens a bit mask leaves out, and divides the others' logits by a temperature.</summary>
/// <param name="allowed">A bit a token, the lowest bit of a word first, [vocabulary / 32 rounded up]; 1 allows it.</param>
/// <param name="temperature">The temperature; positive.</param>
public readonly struct MaskedTemperatureProcessor(View1<int> allowed, float temperature)
    : ILogitsProcessor<MaskedTemperatureProcessor>, ILogitsReference
{
    /// <summary>A bit a token, [vocabulary / 32 rounded up].</summary>
    public View1<int> Allowed { get; } = allowed;

    /// <summary>1 / temperature.</summary>
    public float Inverse { get; } = 1 / temperature;

    /// <inheritdoc/>
    public static Tile<float> Apply(MaskedTemperatureProcessor self, Tile<float> logits, Tile<int> ids) =>
        Where(((self.Allowed.LoadInt(ids >> 5) >> (ids & 31)) & 1) != 0, logits * self.Inverse, float.NegativeInfinity);

    /// <inheritdoc/>
    public double Reference(double logit, int id) =>
        ((Allowed.LoadInt(id >> 5) >> (id & 31)) & 1) != 0 ? logit * Inverse : double.NegativeInfinity;
}

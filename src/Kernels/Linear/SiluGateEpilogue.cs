using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Multiplies by silu(gate): fused into the up projection, it is SwiGLU (Shazeer, 2020). The gate may be the layer's output itself.
/// </summary>
/// <param name="gate">The gate before its activation, [tokens, rows].</param>
public readonly struct SiluGateEpilogue(View2<float> gate) : IEpilogue<SiluGateEpilogue>, IEpilogueReference
{
    /// <summary>The gate before its activation, [tokens, rows].</summary>
    public View2<float> Gate { get; } = gate;

    /// <inheritdoc/>
    public static Tile<float> Apply(SiluGateEpilogue self, Tile<float> value, Tile<int> token, Tile<int> row)
    {
        var gate = self.Gate.Load(token, row);
        return value * gate * Sigmoid(gate);
    }

    /// <inheritdoc/>
    public double Reference(double value, int token, int row) => value * Gate.Load(token, row) / (1 + Math.Exp(-Gate.Load(token, row)));
}

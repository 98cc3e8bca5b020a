namespace KernelFoundry.Inference.Decoding;

/// <summary>Gumbel numbers that depend on nothing but where they are drawn, so that a search can be repeated.</summary>
internal static class GumbelNumbers
{
    private const uint BeamStride = 0x9E3779B1;

    /// <summary>-log(-log(u)) with u uniform.</summary>
    public static double Draw(uint seed, uint step, uint beam, uint token)
    {
        double u = (Ops.Philox(seed, step + (beam * BeamStride), token) + 0.5) / (1L << 32);
        return -Math.Log(-Math.Log(u));
    }
}

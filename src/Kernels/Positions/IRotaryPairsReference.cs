namespace KernelFoundry.Kernels;

/// <summary>Which dimensions are paired, for one pair: what tests compare with.</summary>
public interface IRotaryPairsReference
{
    /// <summary>The dimensions of a pair.</summary>
    /// <param name="pair">Its number.</param>
    /// <param name="pairs">How many there are.</param>
    /// <returns>The first and the second.</returns>
    (int First, int Second) Reference(int pair, int pairs);
}

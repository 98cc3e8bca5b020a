using System.Numerics;
using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// Causal, with a penalty in proportion to distance: score - slope (query - key) (Press et al., "Train Short, Test Long", 2021). With n a
/// power of two, head h has slope 2^(-8 (h + 1) / n). For other numbers of heads the first heads have the slopes of the power of two below,
/// the others every second slope of the power above, as the authors' code has it.
/// </summary>
/// <param name="heads">Number of query heads; positive.</param>
public readonly struct AlibiScore(int heads) : IScoreFunctor<AlibiScore>, IScoreReference
{
    private const float Ln2 = 0.6931471806f;

    /// <summary>The largest power of two that is at most the number of heads.</summary>
    public int PowerOfTwo { get; } = (int)(BitOperations.RoundUpToPowerOf2((uint)heads + 1) / 2);

    /// <inheritdoc/>
    public static Tile<float> Apply(AlibiScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head)
    {
        var halves = Where(head < self.PowerOfTwo, 2 * (head + 1), (2 * (head - self.PowerOfTwo)) + 1);
        var slope = Exp(halves.ToFloat() * (-4f * Ln2 / self.PowerOfTwo));
        return Where(key <= query, score + (slope * (key - query).ToFloat()), float.NegativeInfinity);
    }

    /// <inheritdoc/>
    public static int EndKey(AlibiScore self, int lastQuery, int keys) => Min(lastQuery + 1, keys);

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head)
    {
        double slope = head < PowerOfTwo
            ? Math.Pow(2, -8.0 * (head + 1) / PowerOfTwo)
            : Math.Pow(2, -8.0 * ((2 * (head - PowerOfTwo)) + 1) / (2 * PowerOfTwo));
        return key <= query ? score + (slope * (key - query)) : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    public (int First, int End) ReferenceKeys(int query, int keys) => (0, Math.Min(query + 1, keys));
}

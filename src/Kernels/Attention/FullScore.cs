namespace KernelFoundry.Kernels;

/// <summary>Every query attends to every key (encoders).</summary>
public readonly struct FullScore : IScoreFunctor<FullScore>, IScoreReference
{
    /// <inheritdoc/>
    public static Tile<float> Apply(FullScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head) => score;

    /// <inheritdoc/>
    public double Reference(double score, int query, int key, int head) => score;
}

using KernelFoundry.Kernels;
using static KernelFoundry.Ops;

namespace KernelFoundry.UserFunctors.Tests;

/// <summary>Several documents in one sequence: a query attends to the keys before it in its own document, the nearer the more.</summary>
/// <param name="document">Document of each position, [positions].</param>
/// <param name="decay">Taken off the score per position of distance.</param>
public readonly struct DocumentScore(View1<int> document, float decay) : IScoreFunctor<DocumentScore>, IScoreReference
{
    public View1<int> Document { get; } = document;

    public float Decay { get; } = decay;

    public static Tile<float> Apply(DocumentScore self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head)
    {
        var isVisible = (key <= query) & (self.Document.LoadInt(key) == self.Document.LoadInt(query));
        return Where(isVisible, score - (self.Decay * (query - key).ToFloat()), float.NegativeInfinity);
    }

    public double Reference(double score, int query, int key, int head) =>
        key <= query && Document.Load(key) == Document.Load(query) ? score - (Decay * (query - key)) : double.NegativeInfinity;
}

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

namespace Samples;

[FunctorInterface]
public interface IScoreFunctor<TSelf>
    where TSelf : struct, IScoreFunctor<TSelf>
{
    static abstract Tile<float> Apply(TSelf self, Tile<float> score, Tile<int> query, Tile<int> key, int head);

    static virtual float Sink(TSelf self, int head) => float.NegativeInfinity;
}

public readonly record struct SlidingWindow(int Window) : IScoreFunctor<SlidingWindow>
{
    public static Tile<float> Apply(SlidingWindow self, Tile<float> score, Tile<int> query, Tile<int> key, int head) =>
        Where((key <= query) & (query - key < self.Window), score, Full(float.NegativeInfinity, score));
}

public readonly struct Alibi(View1<float> slopes, bool hasSinks, View1<float> sinks) : IScoreFunctor<Alibi>
{
    public readonly View1<float> Slopes = slopes;

    public readonly View1<float> Sinks = sinks;

    public bool HasSinks { get; } = hasSinks;

    public static Tile<float> Apply(Alibi self, Tile<float> score, Tile<int> query, Tile<int> key, int head)
    {
        var biased = score + (key - query).ToFloat() * self.Slopes.Load(head);
        return Where(key <= query, biased, float.NegativeInfinity);
    }

    public static float Sink(Alibi self, int head) => self.HasSinks ? self.Sinks.Load(head) : float.NegativeInfinity;
}

public static partial class Attention
{
    /// <summary>Attention with running maximum and sum (FlashAttention, algorithm 1).</summary>
    [Kernel]
    public static void FlashAttention<[Elements(typeof(float), typeof(Half))] T, TScore>(
        View3<float> q, View3<T> k, View3<T> v, View3<float> o, TScore score,
        [Specialize(64, 128)] int headDim, int start, float scale,
        [Schedule(Cpu = 8, OpenCl = 8)] int blockQ, [Schedule(Cpu = 64, OpenCl = 32)] int blockK)
        where T : unmanaged
        where TScore : struct, IScoreFunctor<TScore>
    {
        int head = ProgramId(1, q.Extent1);
        int kvHead = head / (q.Extent1 / k.Extent1);
        var queries = ProgramRange(0, q.Extent0, blockQ);
        var d = Range(0, headDim);
        var qt = q.Load(queries, head, d) * scale;
        float sink = TScore.Sink(score, head);
        var m = Full(sink, queries);
        var l = Full(sink > float.NegativeInfinity ? 1 : 0, queries);
        var acc = Zeros(queries, d);
        for (int s0 = 0; s0 < k.Extent0; s0 += blockK)
        {
            var keys = Range(s0, blockK, k.Extent0);
            var s = TScore.Apply(score, Dot(qt, Transpose(k.Load(keys, kvHead, d))), Col(queries + start), Row(keys), head);
            var mNew = Max(m, Max(s, axis: 1));
            var p = Exp(s - Col(mNew));
            var alpha = Exp(m - mNew);
            l = l * alpha + Sum(p, axis: 1);
            acc = Dot(p, v.Load(keys, kvHead, d), acc * Col(alpha));
            m = mNew;
        }

        o.Store(queries, head, d, acc / Col(l));
    }
}

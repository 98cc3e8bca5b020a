using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <summary>
/// What becomes of attention scores before softmax: masks (a masked score is -inf), biases, caps. Positions are absolute, counted from 0 at
/// the first key of the cache. A query whose keys are all masked, and that has no sink, attends to nothing: its output is zeros.
/// </summary>
/// <typeparam name="TSelf">The struct that implements it.</typeparam>
[FunctorInterface]
public interface IScoreFunctor<TSelf>
    where TSelf : struct, IScoreFunctor<TSelf>
{
    /// <summary>The score softmax sees.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="score">Scaled products of queries and keys, [m, n].</param>
    /// <param name="query">Positions of the queries, [m, 1] or [1, 1].</param>
    /// <param name="key">Positions of the keys, [1, n].</param>
    /// <param name="head">Query heads, [m, 1] or [1, 1].</param>
    /// <returns>A tile that broadcasts to [m, n].</returns>
    static abstract Tile<float> Apply(TSelf self, Tile<float> score, Tile<int> query, Tile<int> key, Tile<int> head);

    /// <summary>The score of a head's sink: a key that has no value and is not scaled. -inf for none.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="head">Query heads, of any shape.</param>
    /// <returns>A tile of the same shape.</returns>
    static virtual Tile<float> Sink(TSelf self, Tile<int> head) => Full(float.NegativeInfinity, head);

    /// <summary>The first key that queries from a position on may attend to. Keys before it are not read.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="firstQuery">Position of the first query.</param>
    /// <returns>Position of the key.</returns>
    static virtual int FirstKey(TSelf self, int firstQuery) => 0;

    /// <summary>The key after the last that queries up to a position may attend to. It and keys after it are not read.</summary>
    /// <param name="self">The functor.</param>
    /// <param name="lastQuery">Position of the last query.</param>
    /// <param name="keys">Number of keys there are.</param>
    /// <returns>Position of the key.</returns>
    static virtual int EndKey(TSelf self, int lastQuery, int keys) => keys;
}

namespace KernelFoundry.Kernels;

/// <summary>
/// What a score functor gives for one score in double precision: what tests compare with. Its views are in host memory then.
/// </summary>
public interface IScoreReference
{
    /// <summary>The score softmax sees.</summary>
    /// <param name="score">Scaled product of query and key.</param>
    /// <param name="query">Position of the query.</param>
    /// <param name="key">Position of the key.</param>
    /// <param name="head">Query head.</param>
    /// <returns>The score, -inf if masked.</returns>
    double Reference(double score, int query, int key, int head);

    /// <summary>The score of a head's sink, -inf for none.</summary>
    /// <param name="head">Query head.</param>
    /// <returns>The score.</returns>
    double ReferenceSink(int head) => double.NegativeInfinity;

    /// <summary>The keys that a query's splits are cut from: those the functor's FirstKey and EndKey leave.</summary>
    /// <param name="query">Position of the query.</param>
    /// <param name="keys">Number of keys there are.</param>
    /// <returns>The first key, and the one after the last.</returns>
    (int First, int End) ReferenceKeys(int query, int keys) => (0, keys);
}

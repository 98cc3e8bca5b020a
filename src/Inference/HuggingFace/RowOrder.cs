namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Which row of the source each row of a tensor is, for the transforms that only move rows.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads.</param>
internal readonly record struct RowOrder(int Heads, int KeyValueHeads)
{
    /// <summary>Elements of a key without positions, where attention is latent.</summary>
    public int PlainDims { get; init; }

    /// <summary>Elements of a value, where attention is latent.</summary>
    public int ValueDims { get; init; }

    /// <summary>Whether rows of this many can be cut as a transform cuts them.</summary>
    public bool Fits(TensorTransform transform, long rows) => transform switch
    {
        TensorTransform.PairQueries => rows % (2L * Heads) == 0,
        TensorTransform.PairKeys => rows % (2L * KeyValueHeads) == 0,
        TensorTransform.Ungroup => Heads % KeyValueHeads == 0 && rows % (Heads + (2L * KeyValueHeads)) == 0,
        _ => true,
    };

    /// <summary>The row of the source.</summary>
    /// <param name="transform">What moves rows.</param>
    /// <param name="row">The row of the result.</param>
    /// <param name="rows">All rows.</param>
    public long Source(TensorTransform transform, long row, long rows) => transform switch
    {
        TensorTransform.PairQueries => Unpaired(row, rows / Heads),
        TensorTransform.PairKeys => Unpaired(row, rows / KeyValueHeads),
        TensorTransform.Ungroup => Grouped(row, rows / (Heads + (2L * KeyValueHeads))),
        _ => row,
    };

    // Row 2 i + j of a head is row i + j headDim / 2.
    private static long Unpaired(long row, long headDim)
    {
        long inHead = row % headDim;
        return row - inHead + (inHead / 2) + (inHead % 2 * (headDim / 2));
    }

    private long Grouped(long row, long headDim)
    {
        long head = row / headDim, inHead = row % headDim, queries = Heads / KeyValueHeads;
        var (group, place) = head < Heads ? (head / queries, head % queries)
            : head < Heads + KeyValueHeads ? (head - Heads, queries)
            : (head - Heads - KeyValueHeads, queries + 1);
        return (((group * (queries + 2)) + place) * headDim) + inHead;
    }
}
